/* Analyses the earlier state over an overlay, pairs the findings of both, and leaves what is new. */
#include "evidence/revision.h"

#include "analyzer/check/changes.h"
#include "base/path.h"
#include "evidence/checkout.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT_COMMIT = 7 };

void revision_init(revision *r) {
  analysis_init(&r->older);
  report_document_init(&r->earlier);
  report_document_init(&r->ways);
}

void revision_fini(revision *r) {
  analysis_fini(&r->older);
  report_document_fini(&r->earlier);
  report_document_fini(&r->ways);
}

/* ---- what differs ---- */

typedef struct name_context {
  const git_repository *git;
  const char *root;
} name_context;

static const char *name_in_report(void *context, bs_arena *arena, const char *path) {
  const name_context *n = context;
  return bs_path_relative(n->root, git_path(n->git, arena, path));
}

bool revision_lines(const git_repository *git, const char *root, const char *against, bool cached,
                    patch *lines, bs_error *error) {
  BS_VEC(const char *) words = {0};
  static const char *const usual[] = {"-c",
                                      "core.quotePath=false",
                                      "diff",
                                      "-U0",
                                      "--no-color",
                                      "--no-ext-diff",
                                      "--no-textconv",
                                      "--no-relative",
                                      "--src-prefix=a/",
                                      "--dst-prefix=b/",
                                      "--ignore-submodules"};
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) *bs_vec_push(&words) = usual[i];
  if (cached) *bs_vec_push(&words) = "--cached";
  if (against) *bs_vec_push(&words) = against;
  *bs_vec_push(&words) = "--";
  *bs_vec_push(&words) = NULL;
  bs_strbuf out = BS_STRBUF_INIT;
  name_context context = {git, root};
  bool good = git_run(git, &(git_command){.arguments = words.items}, &out, error) &&
              patch_read(lines, out.text, name_in_report, &context, error);
  bs_strbuf_fini(&out);
  bs_vec_fini(&words);
  return good;
}

typedef struct differences {
  git_changes changes;
  bs_strbuf untracked; /* paths relative to the top, each with a NUL behind it */
  patch lines;
} differences;

/* Files that git does not know and is not told to ignore are new, but for what a build has written beside the
 * database. */
static bool find_untracked(const git_repository *git, const analysis *a, differences *d, bs_error *error) {
  bs_strbuf all = BS_STRBUF_INIT;
  bs_arena arena = {0};
  const char *build = bs_path_dirname(&arena, a->db.path);
  bool has_build = strcmp(build, a->root) != 0 && strcmp(build, git->seen_as) != 0;
  bool good = git_ask(git, &all, error, "ls-files", "-z", "--others", "--exclude-standard");
  for (const char *at = all.text; good && at < all.text + all.length; at += strlen(at) + 1) {
    const char *path = git_path(git, &arena, at);
    if (has_build && bs_path_relative(build, path) != path) continue;
    bs_strbuf_add(&d->untracked, at, strlen(at) + 1);
    patch_add_file(&d->lines, bs_path_relative(a->root, path));
  }
  bs_strbuf_fini(&all);
  bs_arena_fini(&arena);
  return good;
}

/* What is laid over the disk makes it the commit, whatever the index holds; the lines are those of the state
 * that is analysed. */
static bool find_differences(const git_repository *git, const analysis *a, const char *commit, bool cached,
                             bs_arena *arena, differences *d, bs_error *error) {
  const char *const arguments[] = {commit, NULL};
  patch_init(&d->lines);
  d->untracked = (bs_strbuf)BS_STRBUF_INIT;
  return git_diff_files(git, arena, arguments, &d->changes, error) &&
         revision_lines(git, a->root, commit, cached, &d->lines, error) &&
         (cached || find_untracked(git, a, d, error));
}

static void differences_fini(differences *d) {
  bs_vec_fini(&d->changes);
  bs_strbuf_fini(&d->untracked);
  patch_fini(&d->lines);
}

static bool is_changed(void *context, const char *file, unsigned line) {
  return patch_has(context, file, line);
}

/* ---- pairs ---- */

static bool same_kind(const report_finding *x, const report_finding *y) {
  return !strcmp(x->rule, y->rule) && !strcmp(x->api, y->api);
}

/* Findings that have lost their partner, of the same rule and API, where the code of one function may have
 * come from the other. */
static void pair_related(const check_changes *ch, const report_document *earlier,
                         const report_document *later, report_pairs *pairs) {
  for (uint32_t i = 0; i < later->findings.count; i++) {
    const report_finding *new = &later->findings.items[i];
    for (uint32_t k = 0; k < earlier->findings.count && pairs->earlier[i] == REPORT_ALONE; k++) {
      const report_finding *old = &earlier->findings.items[k];
      if (pairs->later[k] != REPORT_ALONE || !same_kind(old, new)) continue;
      if (!check_changes_related(ch, &old->sink, &new->sink)) continue;
      pairs->earlier[i] = k;
      pairs->later[k] = i;
    }
  }
}

static void swap_partners(report_pairs *pairs, uint32_t with, uint32_t without) {
  pairs->earlier[without] = pairs->earlier[with];
  pairs->later[pairs->earlier[without]] = without;
  pairs->earlier[with] = REPORT_ALONE;
}

/* Among several such calls in one function those are the new ones that stand on changed lines, not the last
 * ones. */
static void prefer_changed(const report_document *later, const patch *lines, report_pairs *pairs) {
  for (uint32_t i = 0; i < later->findings.count; i++) {
    const report_finding *alone = &later->findings.items[i];
    if (pairs->earlier[i] != REPORT_ALONE || patch_has(lines, alone->sink.file, alone->sink.line)) continue;
    for (uint32_t k = 0; k < later->findings.count; k++) {
      const report_finding *other = &later->findings.items[k];
      if (pairs->earlier[k] == REPORT_ALONE || !same_kind(alone, other) ||
          strcmp(alone->sink.function, other->sink.function) != 0 ||
          !patch_has(lines, other->sink.file, other->sink.line))
        continue;
      swap_partners(pairs, k, i);
      break;
    }
  }
}

/* ---- what is new ---- */

typedef struct narrowing {
  const check_changes *changes;
  const patch *lines;
  report_document *earlier, *later, *ways;
  report_pairs pairs;
  uint32_t *way; /* of a later finding: the number of the one in `ways` of the same sink, or REPORT_ALONE */
  enum rule_confidence min_confidence;
} narrowing;

static bool touches(const narrowing *n, const report_place *place) {
  return patch_has(n->lines, place->file, place->line);
}

/* The first changed place on the way of an entry, from the callback on; NULL without. */
static const report_place *changed_place(const narrowing *n, const report_entry *entry) {
  for (uint32_t i = 0; i < entry->path.count; i++) {
    const report_step *step = entry->path.items[i];
    if (touches(n, &step->place)) return &step->place;
    if (step->has_because && touches(n, &step->because)) return &step->because;
  }
  return entry->has_registered && touches(n, &entry->registered) ? &entry->registered : NULL;
}

static bool had_entry(const report_finding *finding, const report_entry *entry) {
  for (uint32_t i = 0; i < finding->entries.count; i++)
    if (!strcmp(finding->entries.items[i].function, entry->function)) return true;
  return false;
}

/* A callback that both states have, and that reaches the call only now, for what is passed on a changed line.
 */
static const report_place *new_for_arguments(const narrowing *n, const report_finding *old,
                                             const report_finding *new) {
  for (uint32_t i = 0; i < new->entries.count; i++) {
    const report_entry *entry = &new->entries.items[i];
    if (entry->confidence < n->min_confidence || had_entry(old, entry) ||
        !check_changes_knows(n->changes, entry->function, entry->file))
      continue;
    const report_place *place = changed_place(n, entry);
    if (place) return place;
  }
  return NULL;
}

static void set_anchor(const narrowing *n, report_finding *finding, const report_place *place) {
  finding->has_anchor = place && !touches(n, &finding->sink);
  if (finding->has_anchor) finding->anchor = *place;
}

static bool is_shown(const narrowing *n, const report_finding *finding) {
  return finding->confidence >= n->min_confidence && !finding->suppressed.by;
}

/* Of a finding that had no partner, or a hidden one: where it comes from. */
static void place_new(const narrowing *n, report_finding *finding, const report_finding *way) {
  const report_place *place = way && way->has_anchor ? &way->anchor : NULL;
  for (uint32_t i = 0; i < finding->entries.count && !place; i++)
    place = changed_place(n, &finding->entries.items[i]);
  set_anchor(n, finding, place);
}

/* The ways that are new take the place of all of them. */
static void show_ways(report_finding *finding, report_finding *way) {
  report_suppression suppressed = finding->suppressed;
  report_finding old = *finding;
  *finding = *way;
  *way = old;
  if (!finding->suppressed.by) finding->suppressed = suppressed;
}

static bool is_new(const narrowing *n, uint32_t i) {
  report_finding *finding = &n->later->findings.items[i];
  report_finding *way = n->way[i] == REPORT_ALONE ? NULL : &n->ways->findings.items[n->way[i]];
  uint32_t partner = n->pairs.earlier[i];
  const report_finding *old = partner == REPORT_ALONE ? NULL : &n->earlier->findings.items[partner];
  if (!old || (!is_shown(n, old) && is_shown(n, finding))) {
    place_new(n, finding, way);
  } else if (way && way->confidence >= n->min_confidence) {
    show_ways(finding, way);
  } else {
    const report_place *place = new_for_arguments(n, old, finding);
    if (!place) return false;
    set_anchor(n, finding, place);
  }
  finding->change = REPORT_NEW;
  return true;
}

static void keep_new(const narrowing *n) {
  report_document *d = n->later;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < d->findings.count; i++) {
    if (is_new(n, i))
      d->findings.items[kept++] = d->findings.items[i];
    else
      report_finding_fini(&d->findings.items[i]);
  }
  d->findings.count = kept;
  d->is_comparison = true;
}

static void find_ways(narrowing *n) {
  report_pairs pairs;
  report_pair_exactly(n->ways, n->later, &pairs);
  n->way = pairs.earlier;
  free(pairs.later);
}

/* ---- both states ---- */

static bool load_earlier(revision *r, const analysis_options *options, const char *commit, bs_error *error) {
  r->older.keeps_program = true; /* as long as the commit is compared with */
  if (!analysis_read(&r->older, options, error) || !analysis_check(&r->older, 0, error) ||
      !analysis_report(&r->older, 0, &r->earlier, error))
    return false;
  if (r->earlier.broken_units.count > options->max_broken)
    analysis_warn(options, bs_arena_printf(
                               &r->earlier.arena,
                               "%u units of revision %.7s did not parse cleanly; what they held may look new",
                               r->earlier.broken_units.count, commit));
  return true;
}

static bool compare(revision *r, analysis *a, const analysis_options *options, const char *commit,
                    const differences *d, const overlay *over, enum rule_confidence min_confidence,
                    report_document *document, bs_error *error) {
  analysis_options of_commit = *options;
  of_commit.overlay = over;
  bool good = load_earlier(r, &of_commit, commit, error);
  if (good) {
    check_changes *ch =
        check_changes_new(r->older.checker, a->checker, is_changed, (void *)(uintptr_t)&d->lines);
    check_report_new_ways(ch, &r->ways);
    narrowing n = {.changes = ch,
                   .lines = &d->lines,
                   .earlier = &r->earlier,
                   .later = document,
                   .ways = &r->ways,
                   .min_confidence = min_confidence};
    report_pair_exactly(&r->earlier, document, &n.pairs);
    prefer_changed(document, &d->lines, &n.pairs);
    pair_related(ch, &r->earlier, document, &n.pairs);
    find_ways(&n);
    report_take_fixed(&r->earlier, document, &n.pairs);
    keep_new(&n);
    report_pairs_fini(&n.pairs);
    free(n.way);
    check_changes_free(ch);
  }
  return good;
}

/* The commit; before the first one of a repository, whose index is looked at, the empty tree. */
static bool find_tree(const git_repository *git, bs_arena *arena, const char *name, bool cached,
                      const char **tree, bs_error *error) {
  bs_strbuf out = BS_STRBUF_INIT;
  if (!cached || git_ask(git, &out, NULL, "rev-parse", "--verify", "--quiet", "HEAD")) {
    bs_strbuf_fini(&out);
    return git_commit(git, arena, name, tree, error);
  }
  bool good = git_ask(git, &out, error, "hash-object", "-t", "tree", "--stdin");
  *tree = bs_arena_strndup(arena, out.text, strcspn(out.text, "\n"));
  bs_strbuf_fini(&out);
  return good;
}

static void keep_nothing(report_document *document) {
  for (uint32_t i = 0; i < document->findings.count; i++) report_finding_fini(&document->findings.items[i]);
  document->findings.count = 0;
  document->is_comparison = true;
}

bool revision_narrow(revision *r, analysis *a, const analysis_options *options, const char *name, bool cached,
                     enum rule_confidence min_confidence, report_document *document, bs_error *error) {
  git_repository git;
  differences d = {0};
  overlay over = {0};
  const char *commit = "";
  units_settle(&a->units); /* the cache is opened again, and processes are started */
  bool good = git_open(&git, a->root, error) &&
              find_tree(&git, &document->arena, name, cached, &commit, error) &&
              find_differences(&git, a, commit, cached, &document->arena, &d, error);
  if (good && !cached && !d.changes.count && !d.untracked.length) {
    keep_nothing(document);
  } else if (good) {
    good = checkout_commit(&over, &git, commit, &d.changes, &d.untracked, error);
    over.root = a->root;
    good = good && compare(r, a, options, commit, &d, &over, min_confidence, document, error);
  }
  if (good)
    document->compared_with = bs_arena_printf(&document->arena, "revision %.*s", SHORT_COMMIT, commit);
  overlay_fini(&over);
  differences_fini(&d);
  git_close(&git);
  return good;
}
