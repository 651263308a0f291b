/* The places of watched calls, put together: the paths that were told apart only by depth and are the same,
 * or all paths to a line. */
#include "runtime-check/collect/recording.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash_text(uint64_t key, const char *text) {
  return bs_hash_mix(key, text ? bs_hash(text, strlen(text)) : 0);
}

const frame *place_frame(const verdict *v, const recorded_site *site) {
  const named_stack *s = site->stack == NO_INDEX ? NULL : &v->stacks.items[site->stack];
  if (!s || !s->frames.count) return NULL;
  return &s->frames.items[s->culprit == NO_INDEX ? 0 : s->culprit];
}

static uint64_t key_of(const verdict *v, const recorded_site *site, bool by_path) {
  if (by_path) return bs_hash_mix(bs_hash_mix(site->loop, site->hook), site->stack);
  const frame *f = place_frame(v, site);
  uint64_t key = bs_hash_mix(bs_hash(hook_name(site->hook), strlen(hook_name(site->hook))), f ? f->line : 0);
  return f ? hash_text(hash_text(key, f->function), f->file) : bs_hash_mix(key, site->caller);
}

static void add_site(called_place *to, const recorded_site *site, uint32_t index,
                     const recorded_site *first) {
  if (site->total_ns > first->total_ns) to->site = index;
  to->count += site->count;
  to->total_ns += site->total_ns;
  if (site->max_ns > to->max_ns) to->max_ns = site->max_ns;
  for (uint32_t i = 0; i < LAYOUT_CALL_BUCKETS; i++) to->histogram[i] += site->histogram[i];
}

static uint64_t quantile(const called_place *p, double part) {
  return histogram_quantile(p->histogram, LAYOUT_CALL_BUCKETS, layout_call_bucket_ns, p->max_ns, part);
}

static int by_cost(const void *a, const void *b) {
  const called_place *x = a, *y = b;
  if (x->total_ns != y->total_ns) return x->total_ns < y->total_ns ? 1 : -1;
  return x->site < y->site ? -1 : x->site > y->site;
}

void places_make(const verdict *v, bool by_path, place_list *out) {
  const recording *r = v->recording;
  bs_map index_of = {0};
  for (uint32_t i = 0; i < r->sites.count; i++) {
    const recorded_site *site = &r->sites.items[i];
    bool is_new;
    if (site->dropped || !site->count) continue;
    uint32_t index = bs_map_add(&index_of, key_of(v, site, by_path), out->count, &is_new);
    if (is_new) *bs_vec_push(out) = (called_place){.site = i};
    called_place *p = &out->items[index];
    add_site(p, site, i, &r->sites.items[p->site]);
  }
  bs_map_fini(&index_of);
  for (uint32_t i = 0; i < out->count; i++) {
    out->items[i].p50_ns = quantile(&out->items[i], 0.5);
    out->items[i].p99_ns = quantile(&out->items[i], 0.99);
  }
  bs_vec_sort(out, by_cost);
}
