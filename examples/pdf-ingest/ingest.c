#include "ingest.h"

#include <curl/curl.h>
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdio.h>

static size_t drop_answer(char *data, size_t size, size_t count, void *user) {
  (void)data, (void)user;
  return size * count;
}

/* Returns 0, or -1 with the job's message set. */
static int upload(struct ingest_job *job, const unsigned char *data, size_t length) {
  CURL *curl = curl_easy_init();
  if (!curl) return -1;
  curl_easy_setopt(curl, CURLOPT_URL, job->upload_url);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, data);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    job->status = 502;
    snprintf(job->message, sizeof job->message, "upload: %s", curl_easy_strerror(code));
  }
  curl_easy_cleanup(curl);
  return code == CURLE_OK ? 0 : -1;
}

/* Decodes one image, encodes it as PNG, uploads that. */
static int send_image(fz_context *context, struct ingest_job *job, pdf_document *document, pdf_obj *object) {
  fz_image *image = NULL;
  fz_pixmap *pixels = NULL;
  fz_buffer *png = NULL;
  int result = -1;
  fz_var(image);
  fz_var(pixels);
  fz_var(png);
  fz_var(result);
  fz_try(context) {
    unsigned char *data;
    image = pdf_load_image(context, document, object);
    pixels = fz_get_pixmap_from_image(context, image, NULL, NULL, NULL, NULL);
    png = fz_new_buffer_from_pixmap_as_png(context, pixels, fz_default_color_params);
    size_t length = fz_buffer_storage(context, png, &data);
    result = upload(job, data, length);
  }
  fz_always(context) {
    fz_drop_buffer(context, png);
    fz_drop_pixmap(context, pixels);
    fz_drop_image(context, image);
  }
  fz_catch(context) fz_rethrow(context);
  return result;
}

static int is_image(fz_context *context, pdf_obj *object) {
  return pdf_is_stream(context, object) &&
         pdf_name_eq(context, pdf_dict_get(context, object, PDF_NAME(Subtype)), PDF_NAME(Image));
}

static void send_images(fz_context *context, struct ingest_job *job, pdf_document *document) {
  int objects = pdf_count_objects(context, document);
  for (int number = 1; number < objects && job->status == 200; number++) {
    pdf_obj *object = pdf_new_indirect(context, document, number, 0);
    if (is_image(context, object) && send_image(context, job, document, object) == 0) job->images++;
    pdf_drop_obj(context, object);
  }
}

static void parse(fz_context *context, struct ingest_job *job) {
  fz_stream *stream = NULL;
  pdf_document *document = NULL;
  fz_var(stream);
  fz_var(document);
  fz_try(context) {
    stream = fz_open_memory(context, (const unsigned char *)job->pdf, job->pdf_length);
    document = pdf_open_document_with_stream(context, stream);
    job->pages = pdf_count_pages(context, document);
    send_images(context, job, document);
  }
  fz_always(context) {
    pdf_drop_document(context, document);
    fz_drop_stream(context, stream);
  }
  fz_catch(context) {
    job->status = 422;
    snprintf(job->message, sizeof job->message, "PDF: %s", fz_caught_message(context));
  }
}

void ingest(struct ingest_job *job) {
  job->pages = job->images = 0;
  job->status = 200;
  fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
  if (!context) {
    job->status = 422;
    snprintf(job->message, sizeof job->message, "no memory for MuPDF");
    return;
  }
  parse(context, job);
  fz_drop_context(context);
  if (job->status == 200)
    snprintf(job->message, sizeof job->message, "%d pages, %d images uploaded", job->pages, job->images);
}
