#include <algorithm>

#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/model/state.h"
#include "state_links.h"
#include "tells.h"

// Documents: interned by their bytes, kept while rows refer to them; and what a step's end tells of them and of rooms.
namespace ecsmi::model {
namespace {

constexpr base::Key128 kDocumentKey{0x6563736d69646f63ULL, 1};

}  // namespace

Serial State::InternDocument(std::string_view bytes) {
  if (bytes.empty()) return kNoSerial;
  std::vector<Serial>& same_hash = documents_by_hash_[base::KeyedHashBytes(kDocumentKey, bytes)];
  for (Serial serial : same_hash) {
    if (Get<Document>(serial).bytes == bytes) return serial;
  }
  Document document;
  document.serial = NewSerial();
  document.bytes = std::string(bytes);
  const Serial serial = document.serial;
  Insert(std::move(document));
  return serial;
}

std::string_view State::DocumentBytes(Serial document) const {
  if (document == kNoSerial) return {};
  return Get<Document>(document).bytes;
}

void State::Refer(Serial document, int by) {
  if (document == kNoSerial) return;
  Document* row = Mutable<Document>().Find(document);
  ECSMI_CHECK(row != nullptr);
  Count(row->references, true, by);
  if (row->references == 0) {
    orphan_documents_.insert(document);
  } else if (by > 0 && row->references == 1) {
    orphan_documents_.erase(document);
  }
}

template <>
void State::Link(Document& row) {
  documents_by_hash_[base::KeyedHashBytes(kDocumentKey, row.bytes)].push_back(row.serial);
  orphan_documents_.insert(row.serial);
}
template <>
void State::Unlink(Document& row) {
  const auto at = documents_by_hash_.find(base::KeyedHashBytes(kDocumentKey, row.bytes));
  std::erase(at->second, row.serial);
  if (at->second.empty()) documents_by_hash_.erase(at);
  orphan_documents_.erase(row.serial);
}

void State::Release(Serial document) {
  if (document != kNoSerial && Get<Document>(document).references == 0) told_.released_documents().insert(document);
}

void State::TellRooms() {
  std::vector<Serial>& rooms = told_.rooms();
  std::sort(rooms.begin(), rooms.end());
  for (const Serial serial : rooms) {
    ContainerInstance* row = Mutable<ContainerInstance>().Find(serial);
    if (row == nullptr) continue;  // gone in the same step
    row->room_told = false;
    if (!IsContainerInstance(*row)) continue;
    told_.Tell(TableId::kContainerInstance, serial, [&](std::string& out) { AppendExtra(*row, *row, out); });
  }
  rooms.clear();
}

void State::DropOrphans() {
  TellRooms();
  while (!orphan_revisions_.empty()) Erase<ServiceRevision>(*orphan_revisions_.begin());
  // Erasing a document may not orphan another: documents refer to nothing.
  while (!orphan_documents_.empty()) {
    const Serial serial = *orphan_documents_.begin();
    if (told_.released_documents().contains(serial)) {
      told_.TellErased(TableId::kDocument, serial, [&](std::string& out) { EncodeRow(Get<Document>(serial), out); });
    }
    Erase<Document>(serial);
  }
  told_.released_documents().clear();
}

}  // namespace ecsmi::model
