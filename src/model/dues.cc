#include "ecsmi/model/state.h"
#include "state_links.h"

// What is due next: the times that rows wish to be looked at, in two queues.
namespace ecsmi::model {

template <typename T>
void State::PushDue(const T& row) {
  for (const Due& due : DuesOf(row)) {
    if (due.at == kNever) continue;
    DueQueue& queue = due.foreground ? foreground_ : background_;
    if (queue.WantsRebuild()) queue.Rebuild([&](const DueItem& item) { return Wishes(item, due.foreground); });
    queue.Push({due.at, row.serial, T::kTable});
  }
}

bool State::Wishes(const DueItem& item, bool foreground) const {
  bool wishes = false;
  Dispatch(
      item.table,
      [&]<typename T>() {
        const T* row = Find<T>(item.serial);
        if (row == nullptr) return;
        for (const Due& due : DuesOf(*row)) wishes = wishes || (due.at == item.at && due.foreground == foreground);
      },
      static_cast<Tables*>(nullptr));
  return wishes;
}

void State::PushNotedDues() {
  for (const auto& [table, serial] : due_noted_) {
    Dispatch(
        table,
        [&, serial = serial]<typename T>() {
          T* row = Mutable<T>().Find(serial);
          if (row == nullptr) return;  // erased since
          row->due_noted = false;
          PushDue(*row);
        },
        static_cast<Tables*>(nullptr));
  }
  due_noted_.clear();
}

bool State::PeekQueue(DueQueue& queue, bool foreground, DueItem* item) {
  while (const DueItem* top = queue.Peek()) {
    if (Wishes(*top, foreground)) {
      *item = *top;
      return true;
    }
    queue.Pop();
  }
  return false;
}

bool State::PeekForegroundDue(DueItem* item) {
  PushNotedDues();
  return PeekQueue(foreground_, true, item);
}

bool State::PeekDue(DueItem* item) {
  PushNotedDues();
  DueItem foreground;
  DueItem background;
  const bool has_foreground = PeekQueue(foreground_, true, &foreground);
  const bool has_background = PeekQueue(background_, false, &background);
  if (!has_foreground && !has_background) return false;
  const bool take_foreground =
      has_foreground && (!has_background || foreground.at < background.at ||
                         (foreground.at == background.at && foreground.serial <= background.serial));
  *item = take_foreground ? foreground : background;
  return true;
}

void State::PopDue(const DueItem& item) {
  popped_ = item.serial;
  for (DueQueue* queue : {&foreground_, &background_}) {
    if (queue->Peek() != nullptr && *queue->Peek() == item) {
      queue->Pop();
      return;
    }
  }
}

}  // namespace ecsmi::model
