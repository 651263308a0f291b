#include "store.h"

// The end of the path.
void store_commit(struct store *store) {
  fsync(store->fd); // expect: error disk.fsync path: on_timer > store_save > store_flush > store_commit loop: libuv
}
