#include "store.h"

// The middle of the path.
void store_save(struct store *store) { store_flush(store); }
