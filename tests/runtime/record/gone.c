/* Carries the section that Go's linker leaves in a program; what it does does not matter. */
__attribute__((section(".go.buildinfo"), used)) static const char mark[] = "\xff Go buildinf:";

int main(void) { return 0; }
