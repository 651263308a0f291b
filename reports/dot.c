/* The call paths as a graph for Graphviz: entry points, the functions between, and the blocking calls, each
 * function once. How sure a step is shows in its line, what a recording says of a call in its colour. */
#include "base/hash.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/visible.h"
#include "reports/formats.h"
#include "reports/phrase.h"

#include <string.h>

typedef struct graph_node {
  const char *function, *file;
  const report_entry *entry; /* when a loop calls it, else NULL */
} graph_node;

typedef struct graph_edge {
  uint32_t from, to; /* a sink's number has SINK set */
  enum rule_confidence confidence;
  enum report_how how;
} graph_edge;

typedef struct graph {
  bs_map node_index, edge_index;
  BS_VEC(graph_node) nodes;
  BS_VEC(const report_finding *) sinks;
  BS_VEC(graph_edge) edges;
} graph;

#define SINK (UINT32_C(1) << 31)

static uint32_t find_node(graph *g, const char *function, const char *file) {
  bool is_new;
  uint64_t key = bs_hash_mix(bs_hash(function, strlen(function)), bs_hash(file, strlen(file)));
  uint32_t number = bs_map_add(&g->node_index, key, g->nodes.count, &is_new);
  if (is_new) *bs_vec_push(&g->nodes) = (graph_node){function, file, NULL};
  return number;
}

/* Of several steps between two functions the surest stands. */
static void add_edge(graph *g, uint32_t from, uint32_t to, enum rule_confidence confidence,
                     enum report_how how) {
  bool is_new;
  uint32_t number = bs_map_add(&g->edge_index, bs_map_key(from, to), g->edges.count, &is_new);
  if (is_new) *bs_vec_push(&g->edges) = (graph_edge){from, to, confidence, how};
  graph_edge *edge = &g->edges.items[number];
  if (confidence > edge->confidence) *edge = (graph_edge){from, to, confidence, how};
}

/* An entry whose path was left out is not in the graph: what lies between is not known. */
static void add_entry(graph *g, const report_entry *e, uint32_t sink) {
  if (!e->path.count) return;
  const report_place *first = &e->path.items[0]->place;
  uint32_t from = find_node(g, first->function, first->file);
  g->nodes.items[from].entry = e;
  for (uint32_t i = 0; i < e->path.count; i++) {
    const report_step *step = e->path.items[i];
    const report_place *next = i + 1 < e->path.count ? &e->path.items[i + 1]->place : NULL;
    uint32_t to = next ? find_node(g, next->function, next->file) : sink | SINK;
    add_edge(g, from, to, step->confidence, step->how);
    from = to;
  }
}

/* A text in a quoted label: a backslash begins an escape there, an ampersand an entity. */
static void add_label(bs_strbuf *out, const char *text) {
  for (size_t left = strlen(text), n; left; text += n, left -= n) {
    n = utf8_length(text, left);
    if (*text == '"' || *text == '\\')
      bs_strbuf_addf(out, "\\%c", *text);
    else if (*text == '&')
      bs_strbuf_adds(out, "&amp;");
    else if (!n || visible_is_hazard(text, n))
      bs_strbuf_adds(out, n && strchr("\t\n\r", *text) ? " " : "\xef\xbf\xbd");
    else
      bs_strbuf_add(out, text, n);
    if (!n) n = 1;
  }
}

static void write_node(const graph *g, uint32_t number, bs_strbuf *out) {
  const graph_node *node = &g->nodes.items[number];
  bs_strbuf_addf(out, "  f%u [label=\"", number);
  add_label(out, *node->function ? node->function : "(file scope)");
  bs_strbuf_adds(out, "\\n");
  add_label(out, node->file);
  if (node->entry) {
    bs_strbuf_adds(out, "\\n");
    add_label(out, node->entry->loop);
    bs_strbuf_addf(out, " loop, %s\", peripheries=2, style=\"filled,rounded\", fillcolor=\"#ddf4ff",
                   rule_role_names[node->entry->role]);
  }
  bs_strbuf_adds(out, "\"];\n");
}

/* Fill, border and text of a blocking call. */
static const char *sink_colors(const report_finding *f) {
  static const char *const by_severity[RULE_SEVERITIES] = {"fillcolor=\"#eaeef2\", color=\"#59636e\"",
                                                           "fillcolor=\"#fff8c5\", color=\"#9a6700\"",
                                                           "fillcolor=\"#ffebe9\", color=\"#d1242f\""};
  switch (f->runtime.verdict) {
  case REPORT_CONFIRMED:
  case REPORT_RUNTIME_ONLY: return "fillcolor=\"#cf222e\", color=\"#82071e\", fontcolor=\"#ffffff\"";
  case REPORT_OBSERVED_FAST: return "fillcolor=\"#dafbe1\", color=\"#1a7f37\"";
  case REPORT_NOT_EXERCISED: return "fillcolor=\"#ffffff\", color=\"#59636e\"";
  default: return by_severity[f->severity];
  }
}

static void write_sink(const graph *g, uint32_t number, bs_strbuf *out) {
  const report_finding *f = g->sinks.items[number];
  bs_arena arena = {0};
  report_runtime runtime = f->runtime;
  runtime.missed = NULL; /* too long for a node */
  const char *verdict = phrase_verdict(&arena, &runtime);
  bs_strbuf_addf(out, "  s%u [style=filled, %s, label=\"", number, sink_colors(f));
  add_label(out, f->api);
  bs_strbuf_adds(out, "()\\n");
  add_label(out, phrase_place(&arena, &f->sink));
  if (*verdict) {
    bs_strbuf_adds(out, "\\n");
    add_label(out, verdict);
  }
  bs_strbuf_adds(out, "\"];\n");
  bs_arena_fini(&arena);
}

static void write_edge(const graph_edge *edge, bs_strbuf *out) {
  static const char *const styles[RULE_CONFIDENCES] = {"dotted", "dashed", "solid"};
  bs_strbuf_addf(out, "  f%u -> %c%u [style=%s", edge->from, edge->to & SINK ? 's' : 'f', edge->to & ~SINK,
                 styles[edge->confidence]);
  if (edge->how != REPORT_DIRECT) bs_strbuf_addf(out, ", label=\"%s\"", report_how_names[edge->how]);
  bs_strbuf_adds(out, "];\n");
}

/* Below the drawing. */
static void write_gaps(const report_document *document, bs_strbuf *out) {
  if (!document->incomplete.count) return;
  bs_strbuf_adds(out, "  label=\"");
  for (uint32_t i = 0; i < document->incomplete.count; i++) {
    bs_strbuf_adds(out, i ? "\\nincomplete: " : "incomplete: ");
    add_label(out, document->incomplete.items[i].text);
  }
  bs_strbuf_adds(out, "\";\n");
}

static void write_graph(const graph *g, const report_document *document, bs_strbuf *out) {
  bs_strbuf_adds(out, "digraph blockscan {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n"
                      "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10];\n"
                      "  edge [fontname=\"sans-serif\", fontsize=9];\n");
  write_gaps(document, out);
  for (uint32_t i = 0; i < g->nodes.count; i++) write_node(g, i, out);
  for (uint32_t i = 0; i < g->sinks.count; i++) write_sink(g, i, out);
  for (uint32_t i = 0; i < g->edges.count; i++) write_edge(&g->edges.items[i], out);
  bs_strbuf_adds(out, "}\n");
}

void report_write_dot(const report_document *document, const report_options *options, bs_strbuf *out) {
  graph g = {0};
  for (uint32_t i = 0; i < document->findings.count; i++) {
    const report_finding *f = &document->findings.items[i];
    if (!report_shows(f, options)) continue;
    if (options->max_findings && g.sinks.count == options->max_findings) break;
    *bs_vec_push(&g.sinks) = f;
    for (uint32_t k = 0; k < f->entries.count; k++) add_entry(&g, &f->entries.items[k], g.sinks.count - 1);
  }
  write_graph(&g, document, out);
  bs_vec_fini(&g.nodes);
  bs_vec_fini(&g.sinks);
  bs_vec_fini(&g.edges);
  bs_map_fini(&g.node_index);
  bs_map_fini(&g.edge_index);
}
