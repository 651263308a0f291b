/* The write-ahead log of a store that is written to. Private to store.c. */
#ifndef BLOCKSCAN_COLLECT_STORE_LOG_H
#define BLOCKSCAN_COLLECT_STORE_LOG_H

#include <sqlite3.h>

typedef struct store_log store_log;
/* From now on commits on `db` only append to the log: that is what a deadline can wait for. */
store_log *store_log_new(sqlite3 *db);
/* Before `db` is closed, which moves the rest. Takes NULL. */
void store_log_free(store_log *log);

#endif
