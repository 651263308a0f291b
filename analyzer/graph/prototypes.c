/* Prototypes of functions, as coarse as calling conventions and careless declarations need. A program has
 * few, and asks millions of times whether two agree: each is read once and gets a number. */
#include "analyzer/graph/solve.h"

#include <string.h>

enum { MOST_PARAMETERS = 64 };

/* The kind of a parameter's type; a reference is of the kind of what it refers to, as std::function gives the
 * one for the other. What stands between template arguments says nothing. */
static char type_class(const char *type, size_t length) {
  while (length && (type[0] == ' ')) type++, length--;
  while (length && (type[length - 1] == ' ' || type[length - 1] == '&')) length--;
  const char *arguments = memchr(type, '<', length), *end = memrchr(type, '>', length);
  size_t head = arguments ? (size_t)(arguments - type) : length;
  if (memchr(type, '*', head) || memchr(type, '[', head)) return 'p';
  if (end && memchr(end, '*', length - (size_t)(end - type))) return 'p';
  if (length >= 6 && memcmp(type, "struct", 6) == 0) return 's';
  if (length >= 5 && memcmp(type, "union", 5) == 0) return 's';
  if (length >= 5 && memcmp(type, "float", 5) == 0) return 'f';
  if (length >= 6 && memcmp(type, "double", 6) == 0) return 'f';
  return 'i';
}

/* Splits "int (char *, void (*)(int))" into classes of its parameters: "pp". Returns false for "()" or one
 * it cannot read. */
static bool parameter_classes(const char *type, char *classes, size_t room, bool *variadic) {
  const char *open = strchr(type, '(');
  if (!open) return false;
  if (open[1] == '*' || open[1] == '^') return false; /* returns a function pointer */
  size_t n = 0;
  *variadic = false;
  const char *start = open + 1;
  int depth = 0;
  for (const char *c = start; *c; c++) {
    if (*c == '(' || *c == '[' || *c == '<') depth++;
    if ((*c == ']' || *c == '>') && depth) depth--;
    bool end = *c == ')' && depth == 0;
    if (*c == ')' && depth) depth--;
    if (!end && !(*c == ',' && depth == 0)) continue;
    size_t length = (size_t)(c - start);
    while (length && *start == ' ') start++, length--;
    if (length == 3 && memcmp(start, "...", 3) == 0)
      *variadic = true;
    else if (length && !(length == 4 && memcmp(start, "void", 4) == 0) && n + 1 < room)
      classes[n++] = type_class(start, length);
    start = c + 1;
    if (end) break;
  }
  classes[n] = 0;
  return true;
}

/* The number of a type's prototype; ANY_PROTOTYPE for one that agrees with all: it is variadic, has no
 * parameters between its parentheses, or cannot be read. */
enum { ANY_PROTOTYPE };
static uint32_t prototype_of(const program *p, program_str type) {
  solver *s = p->solver;
  uint32_t known;
  if (bs_map_find(&s->prototypes, type, &known)) return known;
  char classes[MOST_PARAMETERS + 1] = "(";
  bool variadic;
  const char *text = program_text(p, type);
  uint32_t number = ANY_PROTOTYPE;
  if (parameter_classes(text, classes + 1, MOST_PARAMETERS, &variadic) && !variadic && !strstr(text, "()"))
    number = bs_intern_adds(&s->prototype_words, classes);
  bs_map_set(&s->prototypes, type, number);
  return number;
}

bool solver_fits(const program *p, const program_call *call, uint32_t function) {
  const program_function *f = &p->functions.items[function];
  if (f->type == call->type || !call->type || !f->type) return true;
  uint32_t want = prototype_of(p, call->type), have = prototype_of(p, f->type);
  if (want == ANY_PROTOTYPE || have == ANY_PROTOTYPE || want == have) return true;
  /* A lambda is called by what converts the arguments. */
  const bs_intern *words = &p->solver->prototype_words;
  return f->flags & FACTS_FUNCTION_LAMBDA &&
         strlen(bs_intern_text(words, want)) == strlen(bs_intern_text(words, have));
}
