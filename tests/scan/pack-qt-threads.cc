// Slots that are called by name, and in which thread a slot runs: that of its context, or without one that of the
// sender. Objects that are moved to a thread are called there.
#include <unistd.h>

namespace Qt {
enum ConnectionType { AutoConnection, DirectConnection, QueuedConnection, BlockingQueuedConnection };
}
struct QTimerEvent;
struct QThread;
struct QObject {
  virtual ~QObject();
  virtual void timerEvent(QTimerEvent *);
  template <class Signal, class Slot>
  static void connect(const QObject *, Signal, const QObject *, Slot, Qt::ConnectionType = Qt::AutoConnection) {}
  template <class Signal, class Slot> static void connect(const QObject *, Signal, Slot) {}
  void moveToThread(QThread *);
};
struct QMetaObject {
  static bool invokeMethod(QObject *, const char *, Qt::ConnectionType = Qt::AutoConnection);
};
struct QThread : QObject {
  void started();
  void finished();
  void start();
};
struct QCoreApplication {
  static int exec();
};

struct Window : QObject {
  void begun() { sleep(1); }   // expect: error sleep.sleep role: io
  void refresh() { sleep(2); } // expect: error sleep.sleep role: async
  void reload() { sleep(3); }  // expect: error sleep.sleep role: async
  void unnamed() { sleep(4); } // expect-none
  void timerEvent(QTimerEvent *) override {
    sleep(5); // expect: error sleep.sleep role: timer
  }
  void start() { QMetaObject::invokeMethod(this, "reload", Qt::QueuedConnection); }
};
struct Other : QObject {
  void refresh() { sleep(6); } // expect-none
};
struct NeverMade : QObject {
  void timerEvent(QTimerEvent *) override {
    sleep(7); // expect: error sleep.sleep possible
  }
};
struct Worker : QObject {
  void work() { sleep(8); }   // expect-none
  void answer() { sleep(9); } // expect-none
};

int main() {
  QThread thread;
  Window window;
  Other other;
  Worker worker;
  QObject::connect(&thread, &QThread::started, [] {
    sleep(10); // expect-none
  });
  QObject::connect(&thread, &QThread::finished, [] {
    sleep(11); // expect-none
  });
  QObject::connect(&thread, &QThread::started, &window, [] {
    sleep(12); // expect: error sleep.sleep role: io
  });
  QObject::connect(&thread, &QThread::started, &window, &Window::begun);
  worker.moveToThread(&thread);
  QObject::connect(&thread, &QThread::started, &worker, &Worker::work);
  QObject::connect(&window, &Window::begun, &worker, [] {
    sleep(13); // expect-none
  });
  QMetaObject::invokeMethod(&worker, "answer");
  QMetaObject::invokeMethod(&window, "refresh");
  QObject::connect(&other, &Other::refresh, &window, [&worker] {
    QMetaObject::invokeMethod(&worker, "answer", Qt::BlockingQueuedConnection); // expect: error qt.blocking-invoke
    QMetaObject::invokeMethod(&worker, "work", Qt::QueuedConnection);
  });
  window.start();
  thread.start();
  return QCoreApplication::exec();
}
