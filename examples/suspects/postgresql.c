/* A query that takes the server a moment. libpq's own variables (PGHOST, …) say where it is. */
#include "suspect.h"

#include <libpq-fe.h>
#include <stdio.h>

static PGconn *connection;

bool suspect_prepare(void) {
  connection = PQconnectdb("");
  if (PQstatus(connection) == CONNECTION_OK) return true;
  fputs(PQerrorMessage(connection), stderr);
  return false;
}

bool suspect_work(void) {
  PGresult *result = PQexec(connection, "SELECT pg_sleep(0.06)");
  bool right = PQresultStatus(result) == PGRES_TUPLES_OK;
  PQclear(result);
  return right;
}
