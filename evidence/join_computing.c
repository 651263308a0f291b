/* What a stall computed, as one place.
 *
 * A computation is seen in many functions, each of them for a moment, and hardly ever in the one that a
 * reader would change. So the samples of one stall are put together: they are charged to the innermost
 * function of the project in which at least half of that time was spent; what was computed elsewhere is put
 * together the same way, and single samples that are left over are not told. */
#include "evidence/join_internal.h"

#include <string.h>

static uint32_t outermost_of(const join_site *site) {
  return site->callback == JOIN_NONE ? site->count - 1 : site->callback;
}

/* The function of a site's stack, counted from the callback inwards; NULL past its culprit. */
static const char *function_at(const join_site *site, uint32_t depth) {
  uint32_t outermost = outermost_of(site);
  return depth + site->culprit > outermost ? NULL : site->frames[outermost - depth].function;
}

typedef struct computing {
  join *j;
  join_share *shares;
  uint32_t count;
  bool *among; /* shares that go the way that is followed */
} computing;

static const join_site *site_of(const computing *c, uint32_t share) {
  return &c->j->sites.items[c->shares[share].item - c->j->nfindings];
}

static bool goes_on(const computing *c, uint32_t share, uint32_t depth, const char *function) {
  const char *there = c->among[share] ? function_at(site_of(c, share), depth) : NULL;
  return there && !strcmp(there, function);
}

/* What goes through a function at this depth, together. */
static join_share through(const computing *c, uint32_t depth, const char *function) {
  join_share sum = {0};
  for (uint32_t i = 0; i < c->count; i++) {
    if (!goes_on(c, i, depth, function)) continue;
    sum.ns += c->shares[i].ns;
    sum.samples += c->shares[i].samples;
  }
  return sum;
}

/* The function at this depth that half of all was spent in; NULL when there is none. One sample of several
 * tells nothing: the later ones stand for a long time. */
static const char *followed(const computing *c, uint32_t depth, const join_share *all) {
  for (uint32_t i = 0; i < c->count; i++) {
    const char *function = c->among[i] ? function_at(site_of(c, i), depth) : NULL;
    if (!function) continue;
    join_share in = through(c, depth, function);
    if (in.ns * 2 >= all->ns && (in.samples > 1 || all->samples == 1)) return function;
  }
  return NULL;
}

/* What was spent in the last function of the way itself. */
static uint64_t spent_here(const computing *c, uint32_t depth) {
  uint64_t ns = 0;
  for (uint32_t i = 0; depth && i < c->count; i++)
    if (c->among[i] && !function_at(site_of(c, i), depth)) ns += c->shares[i].ns;
  return ns;
}

/* Leaves in `among` what goes through the function; the number of functions from the callback to it. One that
 * does a quarter of the work itself is where the way ends. */
static uint32_t follow(computing *c, const join_share *all) {
  uint32_t depth = 0;
  for (const char *function; (function = followed(c, depth, all)); depth++) {
    if (depth && spent_here(c, depth) * 4 >= all->ns) break;
    for (uint32_t i = 0; i < c->count; i++) c->among[i] = goes_on(c, i, depth, function);
  }
  return depth;
}

/* The place of a function on a site's stack, `depth` functions inwards. */
static uint32_t site_at(join *j, const join_site *site, uint32_t depth) {
  uint32_t outermost = outermost_of(site), frame = outermost - (depth - 1);
  if (join_is_of_project(&site->frames[site->culprit]))
    while (frame < outermost && !join_is_of_project(&site->frames[frame])) frame++;
  const join_stack stack = {site->frames + frame, site->count - frame,
                            site->callback == JOIN_NONE ? JOIN_NONE : outermost - frame, 0, true};
  return join_find_site(j, &stack, NULL, NULL, false);
}

/* Puts together what the heaviest function of the shares is in; they are all of computations. The number of
 * shares that are left is returned, the new one is in `out`. */
static uint32_t take_heaviest(join *j, join_share *shares, uint32_t count, join_share *out) {
  bool among[JOIN_SHARES];
  computing c = {j, shares, count, among};
  join_share all = {0};
  uint32_t first = 0, kept = 0;
  for (uint32_t i = 0; i < count; i++) {
    among[i] = true;
    all.ns += shares[i].ns;
    all.samples += shares[i].samples;
    if (shares[i].ns > shares[first].ns) first = i;
  }
  uint32_t depth = follow(&c, &all);
  if (!depth) { /* nothing in common: the greatest by itself */
    memset(among, 0, sizeof among);
    among[first] = true;
    depth = outermost_of(site_of(&c, first)) - site_of(&c, first)->culprit + 1;
  }
  for (first = 0; !among[first];) first++;
  out->item = j->nfindings + site_at(j, site_of(&c, first), depth);
  out->ns = 0;
  out->computed_ns = 0;
  out->samples = 0;
  out->kind = shares[first].kind;
  for (uint32_t i = 0; i < count; i++) {
    if (among[i]) {
      out->ns += shares[i].ns;
      out->computed_ns += shares[i].computed_ns;
      out->samples += shares[i].samples;
    } else
      shares[kept++] = shares[i];
  }
  return kept;
}

static bool is_computing(const join *j, const join_share *share) {
  return share->item >= j->nfindings && j->sites.items[share->item - j->nfindings].is_path;
}

static uint32_t add_share(join_share *shares, uint32_t count, join_share share) {
  for (uint32_t i = 0; i < count; i++) {
    if (shares[i].item != share.item) continue;
    shares[i].ns += share.ns;
    shares[i].computed_ns += share.computed_ns;
    shares[i].samples += share.samples;
    return count;
  }
  shares[count] = share;
  return count + 1;
}

uint32_t join_fold_computing(join *j, join_share *shares, uint32_t count, bool together) {
  join_share computed[JOIN_SHARES];
  uint32_t others = 0, ncomputed = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (is_computing(j, &shares[i]))
      computed[ncomputed++] = shares[i];
    else
      shares[others++] = shares[i];
  }
  bool is_one_of_many = false;
  while (ncomputed && !is_one_of_many) {
    join_share folded;
    if (together)
      ncomputed = take_heaviest(j, computed, ncomputed, &folded);
    else {
      ncomputed--;
      take_heaviest(j, &computed[ncomputed], 1, &folded);
    }
    others = add_share(shares, others, folded);
    /* A single sample that is left is of the same work. */
    is_one_of_many = together && ncomputed == 1 && computed[0].samples == 1;
  }
  return others;
}
