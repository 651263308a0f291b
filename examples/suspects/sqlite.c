/* A query over a million rows. */
#include "suspect.h"

#include <sqlite3.h>
#include <stdio.h>

static sqlite3 *database;

bool suspect_prepare(void) { return sqlite3_open("", &database) == SQLITE_OK; }

bool suspect_work(void) {
  return sqlite3_exec(database,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
                      "SELECT sum(i % 7) FROM n",
                      NULL, NULL, NULL) == SQLITE_OK;
}
