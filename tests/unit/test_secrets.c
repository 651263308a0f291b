/* What of a command line is kept: secrets in the forms that they are passed in are hidden, and what only looks like them is not. */
#include "runtime-check/collect/secrets.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct row {
  const char *given, *kept; /* words parted by '|'; kept NULL: as given */
} row;

static const row rows[] = {
    {"server|--password=hunter2", "server|--password=***"},
    {"server|--password|hunter2|-v", "server|--password|***|-v"},
    {"server|--db-password=a&b;c d", "server|--db-password=***"},
    {"server|-password=x|--PASSWD=y", "server|-password=***|--PASSWD=***"},
    {"server|--auth-token|abc|--verbose", "server|--auth-token|***|--verbose"},
    {"server|--apiKey=1234|--api-key|5678", "server|--apiKey=***|--api-key|***"},
    {"env|DB_PASSWORD=x|PGPASSWORD=y|AWS_SECRET_ACCESS_KEY=z|server", "env|DB_PASSWORD=***|PGPASSWORD=***|AWS_SECRET_ACCESS_KEY=***|server"},
    {"server|--secret=x|--client_secret=y|--jwt|z", "server|--secret=***|--client_secret=***|--jwt|***"},
    {"server|https://user:pa55@host/path", "server|https://user:***@host/path"},
    {"server|--url=postgres://app:s3cret@db:5432/x?sslmode=off", "server|--url=postgres://app:***@db:5432/x?sslmode=off"},
    {"server|redis://:only@cache:6379/0", "server|redis://:***@cache:6379/0"},
    {"server|amqp://u:p/w@mq/", "server|amqp://u:***@mq/"},
    {"server|https://0123456789abcdef0123@host/x.git", "server|https://***@host/x.git"},
    {"server|app:pw@tcp(127.0.0.1:3306)/db", "server|app:***@tcp(127.0.0.1:3306)/db"},
    {"server|https://host/?a=1&token=abc&b=2", "server|https://host/?a=1&token=***&b=2"},
    {"server|https://host/?X-Amz-Signature=0f0f&x=1", "server|https://host/?X-Amz-Signature=***&x=1"},
    {"server|host=db user=app password=s3cret dbname=x", "server|host=db user=app password=*** dbname=x"},
    {"server|Server=db;User Id=sa;Password=s3cret;Encrypt=yes", "server|Server=db;User Id=sa;Password=***;Encrypt=yes"},
    {"server|AccountName=x;AccountKey=abc/def==;Suffix=y", "server|AccountName=x;AccountKey=***;Suffix=y"},
    {"server|{\"user\": \"app\", \"password\": \"s3cret\", \"port\": 1}", "server|{\"user\": \"app\", \"password\": \"***\", \"port\": 1}"},
    {"curl|-H|Authorization: Bearer abc.def|http://x", "curl|-H|Authorization: ***|http://x"},
    {"curl|-u|bob:pw|http://x", "curl|-u|bob:***|http://x"},
    {"curl|-ubob:pw", "curl|-ubob:***"},
    {"/usr/bin/mysql|-phunter2|-uapp", "/usr/bin/mysql|-p***|-uapp"},
    {"mysql|-p|database", NULL},
    {"sshpass|-p|pw|ssh|host", "sshpass|-p|***|ssh|host"},
    {"redis-cli|-a|pw|-p|6379", "redis-cli|-a|***|-p|6379"},
    {"sh|-c|exec server --password hunter2 --port 80", "sh|-c|exec server --password *** --port 80"},
    {"sh|-c|PGPASSWORD=x psql -h db", "sh|-c|PGPASSWORD=*** psql -h db"},
    {"server|AKIAIOSFODNN7EXAMPLE", "server|***"},
    {"server|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "server|***"},
    {"server|ghp_0123456789abcdefghijABCDEFGHIJ012345", "server|***"},
    {"server|--x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "server|--x=***"},
    {"server|xoxb-12345678901-abc", "server|***"},
    {"server|-----BEGIN PRIVATE KEY-----\nMIIE", "server|***"},
    {"server|--encryption-key|0123|--signing_key=4567", "server|--encryption-key|***|--signing_key=***"},
    /* Not secrets. */
    {"server|--password-file=/run/secrets/db", NULL},
    {"server|--token-file|/run/token|--key-path=/etc/k", NULL},
    {"server|-p|8080|--port=80", NULL},
    {"ssh|-p|2222|git@host.example", NULL},
    {"rsync|me@host:/data/x|.", NULL},
    {"server|--author=Bob|--monkey=1|--keyboard=us|--compass=n|--bypass=1", NULL},
    {"server|--no-password|--password-prompt=yes|--verbose", NULL},
    {"git|show|0123456789abcdef0123456789abcdef01234567", NULL},
    {"server|http://host:8080/a@b", NULL},
    {"server|/usr/lib/x86_64-linux-gnu/SomeLibrary64/plugins/Filter2Module.so", NULL},
    {"server|--time=12:30:00|a:b|::1|[::1]:80", NULL},
    {"server|", NULL},
    {"server|--token=", NULL},
    {"server|--|-|=|:", NULL},
    {"ctest|-R|secret-test|--tokenize", NULL},
};

/* The words, joined by '|'. */
static void check(const row *r) {
  char *words[32], *copy = strdup(r->given), *rest = copy;
  size_t count = 0;
  bs_arena arena = {0};
  bs_strbuf joined = BS_STRBUF_INIT;
  for (char *word; (word = strsep(&rest, "|"));) words[count++] = word;
  words[count] = NULL;
  const char *const *kept = secrets_hide(&arena, (const char *const *)words);
  for (size_t i = 0; i < count; i++) bs_strbuf_addf(&joined, "%s%s", i ? "|" : "", kept[i]);
  assert_null(kept[count]);
  assert_string_equal(joined.text, r->kept ? r->kept : r->given);
  bs_strbuf_fini(&joined);
  bs_arena_fini(&arena);
  free(copy);
}

static void secrets_are_hidden(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check(&rows[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(secrets_are_hidden)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
