#include <stdio.h>
#include <unistd.h>

struct store {
  int fd;
};

void store_save(struct store *store);
void store_commit(struct store *store);

static inline void store_flush(struct store *store) { store_commit(store); }
