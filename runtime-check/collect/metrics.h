/* What a recording counts, in Prometheus' text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), in a file for the node exporter or over
 * HTTP on a loopback address. */
#ifndef BLOCKSCAN_COLLECT_METRICS_H
#define BLOCKSCAN_COLLECT_METRICS_H

#include "runtime-check/collect/recording.h"

typedef struct metrics metrics;
/* `where`: "127.0.0.1:9464", "[::1]:9464" or "localhost:9464" to be asked there, else the path of a file.
 * NULL with an error. */
metrics *metrics_new(const char *where, bs_error *error);
/* Takes what is new of the recording: before stalls are folded or written away. */
void metrics_update(metrics *m, recording *r, uint64_t now);
void metrics_free(metrics *m);

#endif
