/* The schema of a recording. Private to the store. docs/stalls-db.md describes it for people. */
#ifndef BLOCKSCAN_COLLECT_STORE_SCHEMA_H
#define BLOCKSCAN_COLLECT_STORE_SCHEMA_H

enum {
  STORE_APPLICATION_ID = 0x424c4b53, /* "BLKS" */
  STORE_VERSION = 1,                 /* PRAGMA user_version */
};

/* Statements that make an empty recording, NULL behind the last. */
extern const char *const store_schema[];

#endif
