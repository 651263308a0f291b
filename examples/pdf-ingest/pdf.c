/* The part that computes. */
#include "pdf.h"

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES_LIMIT = 1000 };

static void hash(const void *data, size_t length, char hexadecimal[65]) {
  unsigned char digest[32];
  fz_sha256 state;
  fz_sha256_init(&state);
  fz_sha256_update(&state, data, length);
  fz_sha256_final(&state, digest);
  for (size_t i = 0; i < sizeof digest; i++) snprintf(hexadecimal + 2 * i, 3, "%02x", digest[i]);
}

/* Encodes one picture; the result is the caller's. A JPEG stays what it is. */
static void encode(fz_context *context, fz_image *image, struct pdf_picture *picture) {
  fz_compressed_buffer *packed = fz_compressed_image_buffer(context, image);
  fz_buffer *bytes = NULL;
  fz_pixmap *pixels = NULL;
  fz_var(bytes);
  fz_var(pixels);
  fz_try(context) {
    if (packed && packed->params.type == FZ_IMAGE_JPEG) {
      bytes = fz_keep_buffer(context, packed->buffer);
      picture->extension = "jpg", picture->media_type = "image/jpeg";
    } else {
      pixels = fz_get_pixmap_from_image(context, image, NULL, NULL, NULL, NULL);
      bytes = fz_new_buffer_from_pixmap_as_png(context, pixels, fz_default_color_params);
      picture->extension = "png", picture->media_type = "image/png";
    }
    unsigned char *data;
    picture->length = fz_buffer_storage(context, bytes, &data);
    picture->data = malloc(picture->length ? picture->length : 1);
    if (!picture->data) fz_throw(context, FZ_ERROR_GENERIC, "no memory for a picture");
    memcpy(picture->data, data, picture->length);
    hash(data, picture->length, picture->sha256);
  }
  fz_always(context) {
    fz_drop_pixmap(context, pixels);
    fz_drop_buffer(context, bytes);
  }
  fz_catch(context) fz_rethrow(context);
}

static void add_picture(fz_context *context, pdf_document *document, pdf_obj *object, int page, int index,
                        struct pdf_content *content) {
  if (content->picture_count == PICTURES_LIMIT) fz_throw(context, FZ_ERROR_GENERIC, "more than 1000 images");
  size_t size = (content->picture_count + 1) * sizeof *content->pictures;
  struct pdf_picture *grown = realloc(content->pictures, size);
  if (!grown) fz_throw(context, FZ_ERROR_GENERIC, "no memory for the images");
  content->pictures = grown;
  fz_image *image = pdf_load_image(context, document, object);
  struct pdf_picture *picture = &grown[content->picture_count++];
  *picture = (struct pdf_picture){.page = page, .index = index};
  fz_try(context) encode(context, image, picture);
  fz_always(context) fz_drop_image(context, image);
  fz_catch(context) fz_rethrow(context);
}

static void read_pictures(fz_context *context, pdf_document *document, int number,
                          struct pdf_content *content) {
  pdf_obj *page = pdf_lookup_page_obj(context, document, number);
  pdf_obj *resources = pdf_dict_get_inheritable(context, page, PDF_NAME(Resources));
  pdf_obj *objects = pdf_dict_get(context, resources, PDF_NAME(XObject));
  int index = 0;
  for (int i = 0; i < pdf_dict_len(context, objects); i++) {
    pdf_obj *object = pdf_dict_get_val(context, objects, i);
    if (pdf_name_eq(context, pdf_dict_get(context, object, PDF_NAME(Subtype)), PDF_NAME(Image)))
      add_picture(context, document, object, number + 1, ++index, content);
  }
}

static void read_text(fz_context *context, pdf_document *document, int number, struct pdf_content *content) {
  fz_buffer *text = fz_new_buffer_from_page_number(context, (fz_document *)document, number, NULL);
  fz_try(context) {
    content->texts[number] = strdup(fz_string_from_buffer(context, text));
    if (!content->texts[number]) fz_throw(context, FZ_ERROR_GENERIC, "no memory for the text");
  }
  fz_always(context) fz_drop_buffer(context, text);
  fz_catch(context) fz_rethrow(context);
}

static void read_document(fz_context *context, const char *file, size_t length, struct pdf_content *content) {
  fz_stream *stream = NULL;
  pdf_document *document = NULL;
  fz_var(stream);
  fz_var(document);
  fz_try(context) {
    stream = fz_open_memory(context, (const unsigned char *)file, length);
    document = pdf_open_document_with_stream(context, stream);
    int pages = pdf_count_pages(context, document);
    content->texts = calloc(pages > 0 ? (size_t)pages : 1, sizeof *content->texts);
    if (!content->texts) fz_throw(context, FZ_ERROR_GENERIC, "no memory for %d pages", pages);
    content->page_count = pages;
    for (int number = 0; number < pages; number++) {
      read_text(context, document, number, content);
      read_pictures(context, document, number, content);
    }
  }
  fz_always(context) {
    pdf_drop_document(context, document);
    fz_drop_stream(context, stream);
  }
  fz_catch(context) snprintf(content->error, sizeof content->error, "%s", fz_caught_message(context));
}

/* MuPDF mends broken files and says so on stderr; a server has no use for that. */
static void say_nothing(void *user, const char *message) { (void)user, (void)message; }

void pdf_extract(const char *file, size_t length, struct pdf_content *content) {
  *content = (struct pdf_content){0};
  /* A context belongs to one thread: each document has its own. */
  fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
  if (!context) {
    snprintf(content->error, sizeof content->error, "no memory for MuPDF");
    return;
  }
  fz_set_warning_callback(context, say_nothing, NULL);
  fz_set_error_callback(context, say_nothing, NULL);
  hash(file, length, content->id);
  read_document(context, file, length, content);
  fz_drop_context(context);
}

void pdf_free(struct pdf_content *content) {
  for (int i = 0; i < content->page_count; i++) free(content->texts[i]);
  free(content->texts);
  for (size_t i = 0; i < content->picture_count; i++) free(content->pictures[i].data);
  free(content->pictures);
  *content = (struct pdf_content){0};
}
