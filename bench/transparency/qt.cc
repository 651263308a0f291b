// A Qt 5 widget whose timer blocks three times for 60 ms: what bench/transparency/programs records.
#include <QApplication>
#include <QLabel>
#include <QTimer>
#include <cstdio>
#include <unistd.h>

__attribute__((noinline)) static void save() {
  usleep(60000);
  asm("");
}

int main(int count, char **arguments) {
  QApplication application(count, arguments);
  QLabel label;
  label.show();
  int ticks = 0;
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, [&] {
    label.setText(QString::number(++ticks));
    if (ticks == 40 || ticks == 60 || ticks == 80) save();
    if (ticks == 100) application.exit(3);
  });
  timer.start(10);
  int code = application.exec();
  printf("%d ticks\n", ticks);
  return code;
}
