/* Secrets in a command line, as they are passed in practice: the value of an option or a variable whose name
 * says so, a password in a URL, the short options of well-known clients, and keys that are known by their
 * shape. It is better to hide a word too many than one too few: --record-args keeps them all. */
#include "runtime-check/collect/secrets.h"

#include "base/strbuf.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define HIDDEN "***"

static bool is_word_char(char c) { return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.'; }

static bool starts(const char *text, const char *prefix) {
  return !strncasecmp(text, prefix, strlen(prefix));
}

/* Whether a name, of `length` bytes, has the part; `whole`: between two separators, or where letters change
 * case. */
static bool has_part(const char *name, size_t length, const char *part, bool whole) {
  size_t size = strlen(part);
  for (size_t i = 0; i + size <= length; i++) {
    if (strncasecmp(name + i, part, size) != 0) continue;
    char before = i ? name[i - 1] : '-', after = i + size < length ? name[i + size] : '-';
    bool begins = !isalpha((unsigned char)before) ||
                  (islower((unsigned char)before) && isupper((unsigned char)name[i]));
    bool ends = !islower((unsigned char)after) || isupper((unsigned char)name[i + size - 1]);
    if (!whole || (begins && ends)) return true;
  }
  return false;
}

/* Its value is a secret. What ends like "-file" says where one is. */
static bool is_secret_name(const char *name, size_t length) {
  static const char *const anywhere[] = {
      "password",      "passwd",           "passphrase",        "secret",           "token",
      "apikey",        "api-key",          "api_key",           "accesskey",        "access-key",
      "access_key",    "privatekey",       "private-key",       "private_key",      "credential",
      "authorization", "connectionstring", "connection-string", "connection_string"};
  static const char *const whole[] = {"pass",          "pwd",        "pw",         "auth", "bearer",
                                      "cookie",        "jwt",        "otp",        "sas",  "sig",
                                      "signature",     "psk",        "passcode",   "pin",  "userpass",
                                      "sessionid",     "session-id", "session_id", "key",  "masterkey",
                                      "encryptionkey", "salt",       "dsn"};
  static const char *const places[] = {"file",    "path",   "dir",    "directory", "fd",   "env",  "cmd",
                                       "command", "stdin",  "prompt", "url",       "uri",  "host", "port",
                                       "name",    "type",   "length", "method",    "mode", "ttl",  "expiry",
                                       "timeout", "policy", "size",   "limit",     "count"};
  bool found = false;
  while (length && *name == '-') {
    name++;
    length--;
  }
  for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++)
    found |= has_part(name, length, anywhere[i], false);
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) found |= has_part(name, length, whole[i], true);
  for (size_t i = 0; found && i < sizeof places / sizeof *places; i++) {
    size_t size = strlen(places[i]);
    if (length > size && has_part(name + length - size, size, places[i], false) &&
        (strchr("-_.", name[length - size - 1]) || isupper((unsigned char)name[length - size])))
      return false;
  }
  return found;
}

/* ---- known shapes ---- */

typedef struct shape {
  const char *prefix;
  size_t least; /* characters behind it */
} shape;

static const shape shapes[] = {
    {"AKIA", 16},     {"ASIA", 16},     {"ghp_", 30},        {"gho_", 30},   {"ghu_", 30},
    {"ghs_", 30},     {"ghr_", 30},     {"github_pat_", 20}, {"glpat-", 16}, {"xoxb-", 10},
    {"xoxp-", 10},    {"xoxa-", 10},    {"xoxr-", 10},       {"xoxs-", 10},  {"sk-", 20},
    {"sk_live_", 10}, {"sk_test_", 10}, {"rk_live_", 10},    {"whsec_", 16}, {"AIza", 30},
    {"ya29.", 20},    {"npm_", 30},     {"pypi-", 20},       {"SG.", 20},    {"hvs.", 20},
    {"dop_v1_", 32},  {"eyJ", 20},      {"dckr_pat_", 16},   {"hf_", 30},    {"AGE-SECRET-KEY-", 20},
};

/* The key that begins here: its length, 0 none. */
static size_t known_shape(const char *text) {
  size_t length = 0;
  while (is_word_char(text[length])) length++;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    size_t prefix = strlen(shapes[i].prefix);
    if (!strncmp(text, shapes[i].prefix, prefix) && length >= prefix + shapes[i].least) return length;
  }
  return 0;
}

/* Forty characters of base64 with letters of both cases and digits: the secret half of an AWS key, and its
 * like. */
static size_t random_word(const char *text) {
  enum { LEAST = 40, SLASHES = 4 };
  size_t length = 0, slashes = 0;
  bool upper = false, lower = false, digit = false;
  for (; isalnum((unsigned char)text[length]) || (text[length] && strchr("+/=", text[length])); length++) {
    upper |= isupper((unsigned char)text[length]) != 0;
    lower |= islower((unsigned char)text[length]) != 0;
    digit |= isdigit((unsigned char)text[length]) != 0;
    slashes += text[length] == '/';
  }
  return length >= LEAST && *text != '/' && slashes <= SLASHES && upper && lower && digit ? length : 0;
}

/* ---- one text ---- */

/* Behind a name: to where its value begins; NULL when none follows. `spaced`: a blank parts the two, too. */
static const char *value_of(const char *after, bool spaced) {
  const char *p = after;
  if (*p == '"' || *p == '\'') p++; /* "name": */
  while (*p == ' ') p++;
  if (*p == '=' || *p == ':') {
    p++;
    if (p[-1] == ':' && p[0] == '/' && p[1] == '/') return NULL; /* a URL's scheme */
    while (*p == ' ') p++;
    return *p ? p : NULL;
  }
  return spaced && p > after && *after == ' ' && *p && *p != '-' ? p : NULL;
}

/* To the end of a value that lies among others. */
static size_t value_length(const char *value, bool is_header) {
  if (*value == '"' || *value == '\'') {
    const char *end = strchr(value + 1, *value);
    return end ? (size_t)(end - value) + 1 : strlen(value);
  }
  return strcspn(value, is_header ? "\"'\r\n" : "&;,\"' \t\r\n)}]");
}

static bool at_word(const char *text, const char *p) { return p == text || !is_word_char(p[-1]); }

/* user:password@ and a lone token@, behind "://" or at the beginning of a word. Returns the length of what is
 * before the
 * '@', of which `*hidden` bytes at the end are the secret; 0 none. */
static size_t user_info(const char *p, bool in_url, size_t *hidden) {
  enum { TOKEN = 16 };
  size_t length = strcspn(p, "@/ \t\r\n\"'<>");
  const char *colon = memchr(p, ':', length);
  if (p[length] == '/' && in_url && colon &&
      strspn(colon + 1, "0123456789") < (size_t)(p + length - colon) - 1) {
    /* no port: a password with a slash in it */
    size_t more = strcspn(p, "@ \t\r\n\"'<>");
    if (p[more] == '@') length = more;
  }
  if (p[length] != '@' || !length) return 0;
  if (colon) {
    *hidden = length - (size_t)(colon - p) - 1;
    return *hidden ? length : 0;
  }
  *hidden = in_url && length >= TOKEN ? length : 0;
  return *hidden ? length : 0;
}

/* Whether what is written so far ends with "://". */
static bool is_behind_scheme(const char *text, const char *p) {
  return p - text >= 3 && !strncmp(p - 3, "://", 3);
}

static const char *hide_value(bs_strbuf *out, const char *from, const char *value, bool is_header) {
  size_t length = value_length(value, is_header);
  bool quoted = length && (*value == '"' || *value == '\'');
  bs_strbuf_add(out, from, (size_t)(value - from));
  bs_strbuf_addf(out, quoted ? "%c" HIDDEN "%c" : HIDDEN, *value, *value);
  return value + length;
}

static void hide_in_text(bs_strbuf *out, const char *text) {
  bool many = strchr(text, ' ') != NULL; /* a script, a header, a list */
  for (const char *p = text; *p;) {
    size_t hidden = 0, length = 0;
    bool begins = at_word(text, p);
    if (begins || is_behind_scheme(text, p)) {
      length = user_info(p, is_behind_scheme(text, p), &hidden);
      if (length) {
        bs_strbuf_add(out, p, length - hidden);
        bs_strbuf_adds(out, HIDDEN);
        p += length;
        continue;
      }
    }
    if (begins && ((length = known_shape(p)) || (length = random_word(p)))) {
      bs_strbuf_adds(out, HIDDEN);
      p += length;
      continue;
    }
    while (begins && is_word_char(p[length])) length++;
    const char *value = length && is_secret_name(p, length) ? value_of(p + length, many && *p == '-') : NULL;
    if (value) {
      bool is_header = many && p[length] == ':';
      p = hide_value(out, p, value, is_header);
      continue;
    }
    size_t step = length ? length : 1;
    bs_strbuf_add(out, p, step);
    p += step;
  }
}

/* ---- a command ---- */

/* Clients whose short options take a secret: `joined` in the same word, as in -pSECRET, too. */
typedef struct client {
  const char *name, *option;
  bool joined, user; /* user: what follows is USER:SECRET */
} client;

static const client clients[] = {
    {"mysql", "-p", true, false},
    {"mysqldump", "-p", true, false},
    {"mysqladmin", "-p", true, false},
    {"mariadb", "-p", true, false},
    {"sshpass", "-p", true, false},
    {"redis-cli", "-a", false, false},
    {"curl", "-u", true, true},
    {"curl", "--user", false, true},
    {"curl", "--proxy-user", false, true},
    {"curl", "-U", true, true},
    {"wget", "--user", false, true},
    {"ldapsearch", "-w", true, false},
    {"ldapmodify", "-w", true, false},
    {"ldapadd", "-w", true, false},
    {"mongo", "-p", false, false},
    {"mongosh", "-p", false, false},
    {"mongodump", "-p", false, false},
    {"docker", "-p", false, false},
    {"podman", "-p", false, false},
    {"smbclient", "-U", false, true},
    {"openssl", "-k", false, false},
    {"openssl", "-K", false, false},
    {"unzip", "-P", false, false},
    {"zip", "-P", false, false},
    {"7z", "-p", true, false},
    {"mosquitto_pub", "-P", false, false},
    {"mosquitto_sub", "-P", false, false},
    {"sqlcmd", "-P", true, false},
    {"bcp", "-P", true, false},
    {"ftp", "-u", false, true},
    {"ipmitool", "-P", false, false},
    {"http", "-a", false, true},
    {"https", "-a", false, true},
    {"htpasswd", "-b", false, false},
    {"snmpget", "-A", false, false},
    {"snmpwalk", "-A", false, false},
};

static const char *base_name(const char *word) {
  const char *slash = strrchr(word, '/');
  return slash ? slash + 1 : word;
}

/* The row of an option of the client that the command is of; NULL none. */
static const client *find_client(const char *program, const char *word) {
  for (size_t i = 0; program && i < sizeof clients / sizeof *clients; i++) {
    const client *c = &clients[i];
    if (strcmp(c->name, program) != 0 || strncmp(word, c->option, strlen(c->option)) != 0) continue;
    if (!word[strlen(c->option)] || c->joined) return c;
  }
  return NULL;
}

static bool is_client(const char *program) {
  for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
    if (!strcmp(clients[i].name, program)) return true;
  return false;
}

/* USER:SECRET, or a secret alone. */
static void hide_pair(bs_strbuf *out, const char *word, bool user) {
  const char *colon = user ? strpbrk(word, ":%") : NULL;
  if (colon) bs_strbuf_add(out, word, (size_t)(colon - word) + 1);
  bs_strbuf_adds(out, user && !colon ? word : HIDDEN);
}

/* The word is --name=value or NAME=value as a whole: all behind the sign is the value. */
static bool hide_option(bs_strbuf *out, const char *word) {
  size_t length = 0;
  while (is_word_char(word[length])) length++;
  if (!length || word[length] != '=' || !word[length + 1] || !is_secret_name(word, length)) return false;
  bs_strbuf_add(out, word, length + 1);
  bs_strbuf_adds(out, HIDDEN);
  return true;
}

/* The word is an option whose value is the next one. */
static bool asks_for_secret(const char *word) {
  size_t length = 0;
  while (is_word_char(word[length])) length++;
  return word[0] == '-' && length > 2 && !word[length] && is_secret_name(word, length);
}

typedef struct reader {
  const char *program; /* the last client named */
  const client *wanted; /* the row of the option before */
  bool secret; /* the option before asks for one */
  bool script; /* the option before was -c: the word is a shell's */
} reader;

static void hide_word(reader *r, bs_strbuf *out, const char *word) {
  const client *wanted = r->wanted;
  bool secret = r->secret && *word != '-';
  bool script = r->script;
  r->wanted = NULL;
  r->secret = false;
  r->script = !strcmp(word, "-c");
  if (wanted) {
    hide_pair(out, word, wanted->user);
    return;
  }
  if (secret) {
    bs_strbuf_adds(out, HIDDEN);
    return;
  }
  if (is_client(base_name(word))) r->program = base_name(word);
  const client *c = find_client(r->program, word);
  size_t option = c ? strlen(c->option) : 0;
  if (c && word[option]) {
    bs_strbuf_add(out, word, option);
    hide_pair(out, word + option, c->user);
    return;
  }
  r->wanted =
      c && !starts(c->name, "mysql") && strcmp(c->name, "mariadb") != 0 ? c : NULL; /* -p alone asks */
  if (!script && hide_option(out, word)) return;
  r->secret = !r->wanted && asks_for_secret(word);
  if (strstr(word, "PRIVATE KEY"))
    bs_strbuf_adds(out, HIDDEN);
  else
    hide_in_text(out, word);
}

const char *const *secrets_hide(bs_arena *arena, const char *const *command) {
  size_t count = 0;
  while (command[count]) count++;
  const char **words = bs_arena_alloc(arena, (count + 1) * sizeof *words);
  reader r = {0};
  bs_strbuf text = BS_STRBUF_INIT;
  for (size_t i = 0; i < count; i++) {
    bs_strbuf_clear(&text);
    hide_word(&r, &text, command[i]);
    words[i] = bs_arena_strdup(arena, text.text ? text.text : "");
  }
  bs_strbuf_fini(&text);
  return words;
}
