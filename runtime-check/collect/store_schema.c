/* Tables hold what was recorded, with nothing said twice: a stack is a list of addresses, an address a place
 * in a module, and what the place is called is found once. Views put it together for people. Times are
 * nanoseconds, since the session began. */
#include "runtime-check/collect/store_schema.h"

#include <stddef.h>

/* The bucket in which the given part of an owner's durations has ended; its lower end. */
#define QUANTILE(table, owner, part) \
  "(SELECT min(h.low_ns) FROM (SELECT low_ns, sum(count) OVER (ORDER BY low_ns) AS upto, sum(count) OVER " \
  "() AS whole" \
  " FROM " table " WHERE " owner ") h WHERE h.upto >= h.whole * " part ")"

/* The stack that most of a stall's largest part was seen in: of the samples in that part, each for the time
 * to the middle between it and its neighbours. */
#define SHOWN_STACK \
  "(SELECT w.stack_id FROM (SELECT s.stack_id, s.hook IS t.hook AS inside, s.at_ns," \
  " coalesce((s.at_ns + lead(s.at_ns) OVER by_time) / 2, t.duration_ns)" \
  " - coalesce((s.at_ns + lag(s.at_ns) OVER by_time) / 2, 0) AS ns FROM samples s" \
  " WHERE s.stall_id = t.id WINDOW by_time AS (ORDER BY s.at_ns)) w" \
  " GROUP BY w.stack_id, w.inside ORDER BY w.inside DESC, sum(w.ns) DESC, min(w.at_ns) LIMIT 1)"

/* The function that this stack marks as its callback or culprit. */
#define MARKED(what) \
  "(SELECT v.function FROM stacks k JOIN v_stacks v ON v.stack_id = k.id" \
  " AND v.depth = k." what "_depth AND v.level = k." what "_level WHERE k.id = " SHOWN_STACK ") AS " what

#define LOOP_P50 QUANTILE("loop_histogram", "loop_id = l.id", "0.5")
#define LOOP_P99 QUANTILE("loop_histogram", "loop_id = l.id", "0.99")
#define CALL_P50 QUANTILE("call_histogram", "call_id = c.id", "0.5")
#define CALL_P99 QUANTILE("call_histogram", "call_id = c.id", "0.99")
#define STALL_MARKS MARKED("callback") ", " MARKED("culprit")

#define SESSIONS(more) \
  "CREATE TABLE sessions (id INTEGER PRIMARY KEY, command TEXT NOT NULL, started_ns INTEGER NOT NULL," \
  " threshold_ns INTEGER NOT NULL, duration_ns INTEGER" more ") STRICT"

const char *const store_oldest_statement = SESSIONS("");

const char *const store_schema[] = {
    SESSIONS(", host TEXT"),

    "CREATE TABLE notes (session_id INTEGER NOT NULL REFERENCES sessions, line INTEGER NOT NULL, text TEXT "
    "NOT NULL,"
    " PRIMARY KEY (session_id, line)) STRICT, WITHOUT ROWID",

    "CREATE TABLE processes (id INTEGER PRIMARY KEY, session_id INTEGER NOT NULL REFERENCES sessions, pid "
    "INTEGER NOT NULL,"
    " executable TEXT) STRICT",

    "CREATE TABLE loops (id INTEGER PRIMARY KEY, process_id INTEGER NOT NULL REFERENCES processes, tid "
    "INTEGER NOT NULL,"
    " name TEXT, library TEXT, iterations INTEGER NOT NULL DEFAULT 0, busy_ns INTEGER NOT NULL DEFAULT 0,"
    " idle_ns INTEGER NOT NULL DEFAULT 0, max_ns INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL "
    "DEFAULT 0,"
    " unplaced_calls INTEGER NOT NULL DEFAULT 0, wait_stack_id INTEGER REFERENCES stacks) STRICT",

    "CREATE TABLE loop_histogram (loop_id INTEGER NOT NULL REFERENCES loops, low_ns INTEGER NOT NULL, count "
    "INTEGER NOT NULL,"
    " PRIMARY KEY (loop_id, low_ns)) STRICT, WITHOUT ROWID",

    "CREATE TABLE modules (id INTEGER PRIMARY KEY, path TEXT NOT NULL, build_id TEXT NOT NULL, pid INTEGER "
    "NOT NULL,"
    " UNIQUE (path, build_id, pid)) STRICT",

    "CREATE TABLE addresses (id INTEGER PRIMARY KEY, module_id INTEGER REFERENCES modules, offset INTEGER "
    "NOT NULL,"
    " is_return INTEGER NOT NULL, resolved INTEGER NOT NULL DEFAULT 0, UNIQUE (module_id, offset, "
    "is_return)) STRICT",

    "CREATE TABLE frames (address_id INTEGER NOT NULL REFERENCES addresses, level INTEGER NOT NULL, function "
    "TEXT NOT NULL,"
    " file TEXT, line INTEGER, inlined INTEGER NOT NULL, PRIMARY KEY (address_id, level)) STRICT, WITHOUT "
    "ROWID",

    "CREATE TABLE stacks (id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, running INTEGER NOT NULL, "
    "cut INTEGER NOT NULL,"
    " omitted INTEGER NOT NULL, callback_depth INTEGER, callback_level INTEGER, culprit_depth INTEGER,"
    " culprit_level INTEGER) STRICT",

    "CREATE TABLE stack_addresses (stack_id INTEGER NOT NULL REFERENCES stacks, depth INTEGER NOT NULL,"
    " address_id INTEGER NOT NULL REFERENCES addresses, PRIMARY KEY (stack_id, depth)) STRICT, WITHOUT ROWID",

    "CREATE TABLE stalls (id INTEGER PRIMARY KEY, loop_id INTEGER NOT NULL REFERENCES loops, start_ns "
    "INTEGER NOT NULL,"
    " duration_ns INTEGER NOT NULL, cpu_ns INTEGER, on_cpu_ns INTEGER NOT NULL, wait_ns INTEGER NOT NULL,"
    " stopped_ns INTEGER NOT NULL, kind TEXT NOT NULL, ended INTEGER NOT NULL, hook TEXT,"
    " scope TEXT) STRICT",

    "CREATE TABLE samples (id INTEGER PRIMARY KEY, stall_id INTEGER NOT NULL REFERENCES stalls, at_ns "
    "INTEGER NOT NULL,"
    " stack_id INTEGER NOT NULL REFERENCES stacks, hook TEXT) STRICT",
    "CREATE INDEX samples_by_stall ON samples (stall_id, at_ns, stack_id)",

    "CREATE TABLE stall_calls (stall_id INTEGER NOT NULL REFERENCES stalls, hook TEXT NOT NULL, count "
    "INTEGER "
    "NOT NULL,"
    " total_ns INTEGER NOT NULL, PRIMARY KEY (stall_id, hook)) STRICT, WITHOUT ROWID",

    "CREATE TABLE scopes (id INTEGER PRIMARY KEY, process_id INTEGER NOT NULL REFERENCES processes, tid "
    "INTEGER NOT NULL,"
    " loop_id INTEGER REFERENCES loops, name TEXT NOT NULL, start_ns INTEGER NOT NULL, duration_ns INTEGER "
    "NOT NULL,"
    " threshold_ns INTEGER NOT NULL, outcome TEXT NOT NULL, hook TEXT) STRICT",

    "CREATE TABLE scope_samples (id INTEGER PRIMARY KEY, scope_id INTEGER NOT NULL REFERENCES scopes, at_ns "
    "INTEGER NOT NULL,"
    " stack_id INTEGER NOT NULL REFERENCES stacks, hook TEXT) STRICT",
    "CREATE INDEX scope_samples_by_scope ON scope_samples (scope_id, at_ns)",

    "CREATE TABLE calls (id INTEGER PRIMARY KEY, loop_id INTEGER NOT NULL REFERENCES loops, hook TEXT NOT "
    "NULL,"
    " address_id INTEGER REFERENCES addresses, stack_id INTEGER REFERENCES stacks, nested INTEGER NOT NULL,"
    " count INTEGER NOT NULL, total_ns INTEGER NOT NULL, max_ns INTEGER NOT NULL) STRICT",
    "CREATE INDEX calls_by_loop ON calls (loop_id, hook, address_id)",

    "CREATE TABLE call_histogram (call_id INTEGER NOT NULL REFERENCES calls, low_ns INTEGER NOT NULL, count "
    "INTEGER NOT NULL,"
    " PRIMARY KEY (call_id, low_ns)) STRICT, WITHOUT ROWID",

    /* A line for each frame of a stack, inlined ones too, innermost first. */
    "CREATE VIEW v_stacks AS SELECT s.stack_id, s.depth, coalesce(f.level, 0) AS level,"
    " coalesce(nullif(f.function, ''), printf('0x%x', a.offset)) AS function, f.file, f.line, "
    "coalesce(f.inlined, 0) AS inlined,"
    " coalesce(m.path, '') AS module"
    " FROM stack_addresses s JOIN addresses a ON a.id = s.address_id LEFT JOIN modules m ON m.id = "
    "a.module_id"
    " LEFT JOIN frames f ON f.address_id = a.id",

    "CREATE VIEW v_stack_texts AS SELECT k.id AS stack_id, (SELECT group_concat(place, char(10)) FROM "
    "(SELECT v.function ||"
    " CASE WHEN v.file IS NULL THEN ' in ' || v.module ELSE ' at ' || v.file || ':' || coalesce(v.line, 0) "
    "END AS place"
    " FROM v_stacks v WHERE v.stack_id = k.id ORDER BY v.depth, v.level)) AS stack FROM stacks k",

    "CREATE VIEW v_stalls AS SELECT t.id, p.pid, l.tid, l.library, l.name AS loop, t.start_ns / 1e6 AS "
    "start_ms,"
    " t.duration_ns / 1e6 AS duration_ms, t.cpu_ns / 1e6 AS cpu_ms, t.kind, t.hook, t.scope, t.ended,"
    " (SELECT count(*) FROM samples WHERE stall_id = t.id) AS samples,"
    " (SELECT stack FROM v_stack_texts WHERE stack_id = " SHOWN_STACK ") AS stack, " STALL_MARKS
    " FROM stalls t JOIN loops l ON l.id = t.loop_id JOIN processes p ON p.id = l.process_id ORDER BY "
    "t.duration_ns DESC, t.id",

    "CREATE VIEW v_scopes AS SELECT s.id, p.pid, s.tid, l.library, s.name, s.start_ns / 1e6 AS start_ms,"
    " s.duration_ns / 1e6 AS duration_ms, s.threshold_ns / 1e6 AS threshold_ms, s.outcome, s.hook,"
    " (SELECT stack FROM v_stack_texts WHERE stack_id = (SELECT stack_id FROM scope_samples WHERE scope_id = "
    "s.id ORDER BY at_ns LIMIT 1)) AS stack"
    " FROM scopes s JOIN processes p ON p.id = s.process_id LEFT JOIN loops l ON l.id = s.loop_id ORDER BY "
    "s.duration_ns DESC, s.id",

    "CREATE VIEW v_calls AS SELECT c.id, p.pid, l.tid, c.hook, c.nested, f.function AS caller, f.file,"
    " f.line, c.count,"
    " c.total_ns / 1e6 AS total_ms, c.max_ns / 1e6 AS max_ms, " CALL_P50 " / 1e3 AS p50_us, " CALL_P99
    " / 1e3 AS p99_us,"
    " c.stack_id, (SELECT stack FROM v_stack_texts WHERE stack_id = c.stack_id) AS stack"
    " FROM calls c JOIN loops l ON l.id = c.loop_id JOIN processes p ON p.id = l.process_id"
    " LEFT JOIN frames f ON f.address_id = c.address_id AND f.level = 0 ORDER BY c.total_ns DESC, c.id",

    "CREATE VIEW v_loops AS SELECT l.id, p.pid, p.executable, l.tid, l.name, l.library, l.iterations, "
    "l.busy_ns / 1e6 AS busy_ms,"
    " l.idle_ns / 1e6 AS idle_ms, " LOOP_P50 " / 1e3 AS p50_us, " LOOP_P99 " / 1e3 AS p99_us,"
    " l.max_ns / 1e3 AS max_us, l.dropped,"
    " (SELECT count(*) FROM stalls t WHERE t.loop_id = l.id) AS stalls"
    " FROM loops l JOIN processes p ON p.id = l.process_id",
    NULL,
};
