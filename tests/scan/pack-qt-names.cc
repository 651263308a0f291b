// Slots that Qt finds by their names, on_OBJECT_SIGNAL(), once a form is set up; menus and shortcuts. A signal that is
// emitted calls what is connected to it, and not each method of its class.
#include <unistd.h>

struct QObject;
struct QMetaObject {
  static void connectSlotsByName(QObject *);
  static void activate(QObject *, const QMetaObject *, int, void **);
  void (*static_metacall)(QObject *, int);
};
struct QObject {
  virtual ~QObject();
  template <class Signal, class Slot> static void connect(const QObject *, Signal, const QObject *, Slot);
  template <class Signal, class Slot> static void disconnect(const QObject *, Signal, const QObject *, Slot);
};
struct QDialog : QObject {};
struct QShortcut : QObject {
  QShortcut(int key, QObject *parent, void (*slot)());
};
struct QMenu : QObject {
  void addAction(const char *text, const QObject *receiver, void (*slot)());
};
struct QCoreApplication {
  static int exec();
};

class Ui_Export {
public:
  void setupUi(QDialog *dialog) { QMetaObject::connectSlotsByName(dialog); }
};

class Export : public QDialog {
public:
  Export() { ui.setupUi(this); }
  void on_saveButton_clicked() { sleep(1); } // expect: error sleep.sleep role: io
  void on_ready() { sleep(2); }              // expect-none
  void saveButton_clicked() { sleep(3); }    // expect-none

private:
  Ui_Export ui;
};
class Plain : public QDialog {
public:
  void on_saveButton_clicked() { sleep(4); } // expect-none
};

class Window : public QObject {
public:
  static const QMetaObject staticMetaObject;
  static void qt_static_metacall(QObject *object, int index) {
    if (index == 0) static_cast<Window *>(object)->unconnected();
  }
  void changed() { QMetaObject::activate(this, &staticMetaObject, 0, nullptr); }
  void unconnected() { sleep(5); }  // expect-none
  void disconnected() { sleep(6); } // expect-none
  void connected() {
    sleep(7); // expect: error sleep.sleep entries: Window::connected
  }
  void source() { changed(); }
};
const QMetaObject Window::staticMetaObject = {&Window::qt_static_metacall};

static void on_action() { sleep(8); }   // expect: error sleep.sleep role: io
static void on_shortcut() { sleep(9); } // expect: error sleep.sleep role: io

int main() {
  Export dialog;
  Plain plain;
  Window window;
  QMenu menu;
  menu.addAction("Open", &window, on_action);
  QShortcut shortcut(1, &window, on_shortcut);
  QObject::connect(&window, &Window::changed, &window, &Window::connected);
  QObject::connect(&menu, &Window::connected, &window, &Window::source);
  QObject::disconnect(&window, &Window::changed, &window, &Window::disconnected);
  return QCoreApplication::exec();
}
