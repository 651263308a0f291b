// Slots by member pointer and lambda, virtual handlers of events, and work on threads.
#include <unistd.h>

struct QTimerEvent;
struct QObject {
  virtual void timerEvent(QTimerEvent *);
  template <class Signal, class Slot> static void connect(QObject *, Signal, QObject *, Slot) {}
  template <class Signal, class Slot> static void connect(QObject *, Signal, Slot) {}
};
struct QTimer : QObject {
  void timeout();
  template <class F> static void singleShot(int, F) {}
};
struct QThread : QObject {
  virtual void run();
};

struct Window : QObject {
  void timerEvent(QTimerEvent *) override {
    sleep(1); // expect: error sleep.sleep loop: qt role: timer
  }
  void refresh() {
    sleep(2); // expect: error sleep.sleep loop: qt role: io
  }
  void unused() { sleep(3); }
};

struct Worker : QThread {
  void run() override { sleep(4); } // on its own thread
};

void set_up(QTimer *timer, Window *window);
void set_up(QTimer *timer, Window *window) {
  QObject::connect(timer, &QTimer::timeout, window, &Window::refresh);
  QObject::connect(timer, &QTimer::timeout, [] {
    sleep(5); // expect: error sleep.sleep loop: qt role: io
  });
  QTimer::singleShot(5, [] {
    sleep(6); // expect: error sleep.sleep loop: qt role: timer
  });
}
