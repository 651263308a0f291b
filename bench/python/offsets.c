/* Prints what runtime-check/python/layout.c knows of CPython 3.8 to 3.12, from the headers of an installed
 * version, and of 3.13 what it publishes by itself:
 *
 *     gcc -I$PREFIX/include/python3.11 -I$PREFIX/include/python3.11/internal bench/python/offsets.c -o
 * offsets && ./offsets
 */
#define Py_BUILD_CORE 1
#include <Python.h>

#include <stddef.h>
#include <stdio.h>
#if PY_VERSION_HEX < 0x030b0000
#include <frameobject.h>
#endif
#if PY_VERSION_HEX >= 0x03090000
#include <internal/pycore_runtime.h>
#endif
#if PY_VERSION_HEX >= 0x03090000
#include <internal/pycore_interp.h>
#else
#include <internal/pycore_pystate.h>
#endif
#if PY_VERSION_HEX >= 0x030b0000
#include <internal/pycore_frame.h>
#endif
#if PY_VERSION_HEX >= 0x03080000 && PY_VERSION_HEX < 0x03090000
typedef struct _is IS;
#else
typedef PyInterpreterState IS;
#endif
#define P(name, type, member) printf("  %-22s %zu\n", name, offsetof(type, member))
int main(void) {
  printf("%s\n", PY_VERSION);
  P("interpreters", _PyRuntimeState, interpreters.head);
#if PY_VERSION_HEX >= 0x030b0000
  P("threads", IS, threads.head);
#else
  P("threads", IS, tstate_head);
#endif
  P("interpreter_next", IS, next);
  P("thread_next", PyThreadState, next);
  P("thread_id", PyThreadState, thread_id);
#if PY_VERSION_HEX >= 0x030b0000
  P("native", PyThreadState, native_thread_id);
#if PY_VERSION_HEX >= 0x030d0000
  P("current_frame", PyThreadState, current_frame);
#else
  P("cframe", PyThreadState, cframe);
  P("cframe.current_frame", _PyCFrame, current_frame);
#endif
  P("f_previous", _PyInterpreterFrame, previous);
#if PY_VERSION_HEX >= 0x030d0000
  P("f_code", _PyInterpreterFrame, f_executable);
  P("instr", _PyInterpreterFrame, instr_ptr);
#else
  P("f_code", _PyInterpreterFrame, f_code);
  P("instr", _PyInterpreterFrame, prev_instr);
#endif
#if PY_VERSION_HEX < 0x030c0000
  P("is_entry", _PyInterpreterFrame, is_entry);
#endif
  P("owner", _PyInterpreterFrame, owner);
  P("localsplus", _PyInterpreterFrame, localsplus);
  P("qualname", PyCodeObject, co_qualname);
  P("linetable", PyCodeObject, co_linetable);
  P("code", PyCodeObject, co_code_adaptive);
#else
  P("frame", PyThreadState, frame);
  P("f_back", PyFrameObject, f_back);
  P("f_code", PyFrameObject, f_code);
  P("f_lasti", PyFrameObject, f_lasti);
  P("f_localsplus", PyFrameObject, f_localsplus);
#if PY_VERSION_HEX >= 0x030a0000
  P("linetable", PyCodeObject, co_linetable);
#else
  P("lnotab", PyCodeObject, co_lnotab);
#endif
  P("code", PyCodeObject, co_code);
#endif
  P("filename", PyCodeObject, co_filename);
  P("name", PyCodeObject, co_name);
  P("firstlineno", PyCodeObject, co_firstlineno);
  printf("  ascii=%zu compact=%zu length=%zu state=%zu bytes.size=%zu bytes=%zu\n", sizeof(PyASCIIObject),
         sizeof(PyCompactUnicodeObject), offsetof(PyASCIIObject, length), offsetof(PyASCIIObject, state),
         offsetof(PyBytesObject, ob_base.ob_size), offsetof(PyBytesObject, ob_sval));
}
