int f; // blockscan: ignore[disk.fsync] -- why
/* blockscan: ignore[a.b, c.d] -- both */ g();
char *s = "// blockscan: ignore[x]";
// blockscan: ignore
// blockscan: ignore[*]-- no
