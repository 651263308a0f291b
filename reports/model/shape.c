/* What goes through the members of any struct of the model: emptying, freeing, asking whether there is
 * something. */
#include "reports/model/shape.h"

#include <string.h>

_Static_assert(sizeof(BS_VEC(int)) == sizeof(shape_list), "all lists have one form");

shape_list shape_list_of(const shape_field *field, const void *item) {
  shape_list list; /* copied, since the two types differ */
  memcpy(&list, shape_at(field, item), sizeof list);
  return list;
}

static bool is_list(const shape_field *field) {
  return field->kind == FIELD_LIST || field->kind == FIELD_TEXTS || field->kind == FIELD_FINDINGS ||
         field->kind == FIELD_PATH;
}

size_t shape_item_size(const shape_field *field) {
  if (field->kind == FIELD_LIST) return field->of->size;
  return field->kind == FIELD_FINDINGS ? sizeof(unsigned) : sizeof(void *);
}

void *shape_push(const shape_field *field, void *item) {
  size_t size = shape_item_size(field);
  shape_list list = shape_list_of(field, item);
  if (list.count == list.capacity) list.items = bs_vec_grow(list.items, &list.capacity, list.count + 1, size);
  void *added = (char *)list.items + size * list.count++;
  memcpy((char *)item + field->offset, &list, sizeof list);
  memset(added, 0, size);
  if (field->kind == FIELD_LIST) shape_init(field->of, added);
  return added;
}

void shape_init(const shape *s, void *item) {
  for (const shape_field *f = s->fields; f < s->fields + s->count; f++) {
    char *at = (char *)item + f->offset;
    if (f->kind == FIELD_OBJECT)
      shape_init(f->of, at);
    else if ((f->kind == FIELD_TEXT || f->kind == FIELD_WORD) && !(f->flags & FIELD_UNKNOWN))
      *(const char **)at = "";
  }
}

static void fini_list(const shape_field *field, void *item) {
  shape_list list = shape_list_of(field, item), none = {0};
  for (uint32_t i = 0; i < list.count && field->kind == FIELD_LIST; i++)
    shape_fini(field->of, (char *)list.items + i * field->of->size);
  free(list.items);
  memcpy((char *)item + field->offset, &none, sizeof none);
}

void shape_fini(const shape *s, void *item) {
  for (const shape_field *f = s->fields; f < s->fields + s->count; f++)
    if (is_list(f))
      fini_list(f, item);
    else if (f->kind == FIELD_OBJECT)
      shape_fini(f->of, (char *)item + f->offset);
}

bool shape_is_empty(const shape_field *field, const void *item) {
  const void *at = shape_at(field, item);
  const char *text;
  switch (field->kind) {
  case FIELD_TEXT:
  case FIELD_WORD: text = *(const char *const *)at; return !text || !*text;
  case FIELD_NUMBER:
  case FIELD_INDEX: return !*(const unsigned *)at;
  case FIELD_COUNT:
  case FIELD_MS:
  case FIELD_US: return !*(const uint64_t *)at;
  case FIELD_NAME: return !*field->names[*(const unsigned *)at];
  case FIELD_OBJECT: return shape_is_empty(&field->of->fields[0], at);
  case FIELD_LIST:
  case FIELD_TEXTS:
  case FIELD_FINDINGS:
  case FIELD_PATH:
  case FIELD_WAY:
  case FIELD_MORE: return !shape_list_of(field, item).count;
  default: return false;
  }
}
