// What a widget or an application of gtkmm does in its own virtual handlers runs on the loop; a method of another name does not.
// gtkmm itself is not needed: its classes are declared here as far as they are used.
#include <unistd.h>

namespace Gio {
class Application {
 public:
  int run(int argc, char **argv);
 protected:
  virtual void on_activate();
};
} // namespace Gio
namespace Gtk {
class Widget {
 public:
  virtual ~Widget();
 protected:
  virtual bool on_draw(int context);
  virtual bool on_button_press_event(void *event);
};
class Window : public Widget {};
class Application : public Gio::Application {
 public:
  int run(Window &window);
};
} // namespace Gtk

class Chart : public Gtk::Window {
 public:
  void reload() { sleep(3); } // expect-none
 protected:
  bool on_draw(int) override {
    usleep(300000); // expect: warning sleep.usleep path: Chart::on_draw
    return true;
  }
  bool on_button_press_event(void *) override { return sync_all(); }

 private:
  bool sync_all() {
    sync(); // expect: error disk.sync path: Chart::on_button_press_event > Chart::sync_all
    return true;
  }
};

class App : public Gtk::Application {
 protected:
  void on_activate() override { sleep(1); } // expect: error sleep.sleep path: App::on_activate
  void on_idle_day() { sleep(1); } // expect-none
};

int main() {
  App app;
  Chart chart;
  return app.run(chart);
}
