#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

// Keys and certificates made for a test, as PEM files that are gone after it.
namespace ecsmi::testing {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

struct TlsIdentity {
  TlsIdentity() = default;
  TlsIdentity(TlsIdentity&&) = default;
  ~TlsIdentity() {
    if (!certificate_path.empty()) unlink(certificate_path.c_str());
    if (!key_path.empty()) unlink(key_path.c_str());
  }
  Pkey key;
  Certificate certificate;
  std::string certificate_path;
  std::string key_path;
};

// Signed by `issuer`, or by itself. `name`: the subject's common name; `host`: the name it is good for, if any.
inline TlsIdentity MakeTlsIdentity(const std::string& name, const TlsIdentity* issuer, const std::string& host = "") {
  TlsIdentity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate.get()));
  if (issuer == nullptr) {
    X509_EXTENSION* authority = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(certificate, authority, -1);
    X509_EXTENSION_free(authority);
  }
  if (!host.empty()) {
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + host).c_str());
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
  }
  X509_sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get(), EVP_sha256());
  const std::string base = absl::StrCat(::testing::TempDir(), "/ecsmi_tls_", getpid(), "_", name);
  made.certificate_path = base + ".pem";
  made.key_path = base + ".key";
  std::unique_ptr<FILE, Deleter<fclose>> file(fopen(made.certificate_path.c_str(), "w"));
  PEM_write_X509(file.get(), certificate);
  file.reset(fopen(made.key_path.c_str(), "w"));
  PEM_write_PrivateKey(file.get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return made;
}

}  // namespace ecsmi::testing
