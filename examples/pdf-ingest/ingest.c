/* Both ways to serve the same request. They share all but the waiting. */
#include "ingest.h"

#include "multipart.h"
#include "pdf.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ACTIVE_LIMIT = 8 }; /* enough to keep the pool and the uploads busy */

/* One request, from its file to its answer. */
struct job {
  struct job *next; /* that waits */
  struct http_request *request;
  struct ingest *ingest;
  const char *file; /* in the request's body */
  size_t file_length;
  struct pdf_content content;
  struct s3_object *objects; /* one a picture */
  char *answer;              /* JSON, for the case that all goes well */
  uv_work_t work;
  size_t puts_left;
};

static void answer_error(struct http_request *request, int status, const char *what, const char *why) {
  json_t *text = json_pack("{s: s, s: s}", "error", what, "reason", why);
  char *json = text ? json_dumps(text, JSON_COMPACT) : NULL;
  http_answer(request, json ? status : 500, json ? json : "{\"error\":\"internal error\"}");
  free(json);
  json_decref(text);
}

/* The file in the body: the body itself, or the file of a form. */
static bool find_file(struct http_request *request, const char **file, size_t *length) {
  size_t body_length;
  const char *body = http_body(request, &body_length), *type = http_content_type(request);
  if (multipart_is(type)) return multipart_file(type, body, body_length, file, length);
  *file = body;
  *length = body_length;
  return body_length > 0;
}

/* NULL when the request was answered with an error. */
static struct job *new_job(struct http_request *request, struct ingest *ingest) {
  struct job *job = calloc(1, sizeof *job);
  if (!job) {
    answer_error(request, 503, "no memory", "try again later");
    return NULL;
  }
  job->request = request;
  job->ingest = ingest;
  if (find_file(request, &job->file, &job->file_length)) return job;
  free(job);
  answer_error(request, 400, "no PDF in the request", "send it as the body or as the file of a form");
  return NULL;
}

static void free_job(struct job *job) {
  pdf_free(&job->content);
  free(job->objects);
  free(job->answer);
  free(job);
}

/* ---- what computes ---- */

static bool name_objects(struct job *job) {
  struct pdf_content *content = &job->content;
  job->objects = calloc(content->picture_count + 1, sizeof *job->objects);
  if (!job->objects) return false;
  for (size_t i = 0; i < content->picture_count; i++) {
    struct pdf_picture *picture = &content->pictures[i];
    struct s3_object *object = &job->objects[i];
    snprintf(object->key, sizeof object->key, "%s/page-%d-image-%d.%s", content->id, picture->page,
             picture->index, picture->extension);
    object->media_type = picture->media_type;
    object->sha256 = picture->sha256;
    object->data = picture->data;
    object->length = picture->length;
    s3_name(&job->ingest->storage, object);
  }
  return true;
}

static char *write_answer(const struct job *job) {
  const struct pdf_content *content = &job->content;
  json_t *texts = json_array(), *images = json_array();
  for (int i = 0; i < content->page_count; i++) json_array_append_new(texts, json_string(content->texts[i]));
  for (size_t i = 0; i < content->picture_count; i++) {
    const struct pdf_picture *picture = &content->pictures[i];
    json_array_append_new(images, json_pack("{s: i, s: i, s: s}", "page", picture->page, "index",
                                            picture->index, "url", job->objects[i].url));
  }
  json_t *answer = json_pack("{s: s, s: i, s: o, s: o}", "document_id", content->id, "page_count",
                             content->page_count, "text", texts, "images", images);
  char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
  json_decref(answer);
  return text;
}

/* Reads the PDF and prepares all that follows. It takes its time; it may run on any thread. */
static void compute(struct job *job) {
  pdf_extract(job->file, job->file_length, &job->content);
  if (job->content.error[0]) return;
  if (name_objects(job)) job->answer = write_answer(job);
  if (!job->answer) snprintf(job->content.error, sizeof job->content.error, "no memory for the answer");
}

/* ---- what ends a request ---- */

static void answer_job(struct job *job) {
  for (size_t i = 0; i < job->content.picture_count && job->objects; i++)
    if (job->objects[i].error[0]) {
      answer_error(job->request, 502, "the images could not be stored", job->objects[i].error);
      return;
    }
  if (job->content.error[0])
    answer_error(job->request, 422, "this PDF could not be read", job->content.error);
  else
    http_answer(job->request, 200, job->answer);
}

/* ---- blocking ---- */

void ingest_blocking(struct http_request *request, struct ingest *ingest) {
  struct job *job = new_job(request, ingest);
  if (!job) return;
  compute(job);
  for (size_t i = 0; i < job->content.picture_count && !job->content.error[0]; i++) {
    s3_put(&ingest->storage, ingest->curl, &job->objects[i]);
    if (job->objects[i].error[0]) break;
  }
  answer_job(job);
  free_job(job);
}

/* ---- asynchronous ---- */

static void start_waiting(struct ingest *ingest);

static void end_job(struct job *job) {
  struct ingest *ingest = job->ingest;
  answer_job(job);
  free_job(job);
  ingest->active--;
  start_waiting(ingest);
}

static void put_ended(struct job *job) {
  if (--job->puts_left == 0) end_job(job);
}

static void on_put(struct s3_object *object, void *user) {
  (void)object;
  put_ended(user);
}

static void on_computed(uv_work_t *work, int status) {
  struct job *job = work->data;
  struct ingest *ingest = job->ingest;
  size_t count = status || job->content.error[0] ? 0 : job->content.picture_count;
  job->puts_left = count + 1; /* one more, so that the job outlives this loop */
  for (size_t i = 0; i < count; i++)
    s3_put_async(&ingest->transfers, &ingest->storage, &job->objects[i], on_put, job);
  put_ended(job);
}

/* What computes gives way to the loop, where there are more threads than CPUs. */
static void on_worker(uv_work_t *work) {
  static _Thread_local bool gives_way;
  if (!gives_way) setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
  gives_way = true;
  compute(work->data);
}

static void start_waiting(struct ingest *ingest) {
  while (ingest->waiting && ingest->active < ACTIVE_LIMIT) {
    struct job *job = ingest->waiting;
    ingest->waiting = job->next;
    ingest->active++;
    job->work.data = job;
    uv_queue_work(http_loop(job->request), &job->work, on_worker,
                  on_computed); /* fails only without a callback */
  }
  if (!ingest->waiting) ingest->last_waiting = &ingest->waiting;
}

void ingest_async(struct http_request *request, struct ingest *ingest) {
  struct job *job = new_job(request, ingest);
  if (!job) return;
  if (!ingest->waiting) ingest->last_waiting = &ingest->waiting;
  *ingest->last_waiting = job;
  ingest->last_waiting = &job->next;
  start_waiting(ingest);
}
