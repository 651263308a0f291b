# What a change brings does not run when git is asked: neither a git folder among the files (as plain files below the root, under any
# name) nor the filters, monitors and textconv that its configuration names, nor drivers of the user's own that a .gitattributes asks
# for. The findings are those of the repository of the working directory all the same.
set -eu
. "$(dirname "$0")/git-helpers"

p=$TMP/p
make_loop "$p"
cd "$p"

# plant FOLDER WORKTREE: a second git folder, as plain files, whose configuration leaves a mark wherever git believes it.
plant() {
  mkdir -p "$1"
  cp -r .git/HEAD .git/objects .git/refs .git/index "$1/"
  cat >"$1/config" <<ENDCONFIG
[core]
	repositoryformatversion = 0
	bare = $3
	worktree = $2
	fsmonitor = "echo fsmonitor >>$TMP/RAN; false"
	hooksPath = $TMP/hooks
	pager = "echo pager >>$TMP/RAN; cat"
[diff]
	external = "echo external >>$TMP/RAN; true"
[diff "evil"]
	textconv = "echo textconv >>$TMP/RAN; cat"
	command = "echo command >>$TMP/RAN; true"
[filter "evil"]
	clean = "echo clean >>$TMP/RAN; cat"
	smudge = "echo smudge >>$TMP/RAN; cat"
	process = "echo process >>$TMP/RAN"
	required = true
ENDCONFIG
  [ "$3" = true ] && sed -i '/worktree/d' "$1/config"
  printf '*.c diff=evil filter=evil\n' >"$1/.gitattributes"
}
mkdir "$TMP/hooks"
printf '#!/bin/sh\necho hook >>%s/RAN\n' "$TMP" >"$TMP/hooks/post-index-change"
chmod +x "$TMP/hooks/post-index-change"
nothing_ran() { [ ! -e "$TMP/RAN" ] || fail "$1: ran $(tr '\n' ' ' <"$TMP/RAN")"; }

insert 11 src/main.c '  save(5);'
for folder in build .hidden src/.g "with space" build/deep/er; do
  for worktree in . "$p"; do
    for bare in false true; do
      [ "$folder" = build ] || [ "$worktree$bare" = .false ] || continue
      plant "$folder" "$worktree" $bare
      cp compile_commands.json "$folder/"
      touch "$folder/.blockscan.yaml"
      run 1 -q --no-cache --root "$p" --new-from-rev HEAD "$folder/compile_commands.json"
      prints 'through the change at: src/main.c:11 in on_second()'
      git add src/main.c
      run 1 -q --no-cache --hook "$folder/compile_commands.json"
      git reset -q
      nothing_ran "$folder, $worktree, bare $bare"
      # From inside it is refused, not believed.
      (cd "$folder" && run 2 -q --no-cache --new-from-rev HEAD compile_commands.json && says bare) ||
        (cd "$folder" && run 1 -q --no-cache --root "$p" --new-from-rev HEAD compile_commands.json)
      nothing_ran "inside $folder, $worktree, bare $bare"
      rm -rf "${folder:?}"
    done
  done
done

# The user's own drivers are not run for what a change says in .gitattributes.
git config filter.mine.clean "echo clean >>$TMP/RAN; cat"
git config filter.mine.smudge "echo smudge >>$TMP/RAN; cat"
git config filter.other.process "echo process >>$TMP/RAN"
git config filter.other.required true
git config diff.mine.textconv "echo textconv >>$TMP/RAN; cat"
git config diff.mine.command "echo command >>$TMP/RAN; true"
git config core.fsmonitor "echo fsmonitor >>$TMP/RAN; false"
printf 'main.c filter=mine diff=mine\ndisk.c filter=other diff=mine\n' >src/.gitattributes
printf '/* more */\n' >>src/disk.c
rm -f "$TMP/RAN"
run 1 -q --no-cache --new-from-rev HEAD .
prints 'through the change at: src/main.c:11 in on_second()'
nothing_ran "the user's drivers"

# A repository that the working directory is not in is not looked for.
(cd "$TMP" && GIT_CEILING_DIRECTORIES=$TMP && export GIT_CEILING_DIRECTORIES && run 2 -q --no-cache --new-from-rev HEAD "$p")
mkdir "$TMP/elsewhere"
git -C "$TMP/elsewhere" init -q .
(cd "$TMP/elsewhere" && run 2 -q --no-cache --new-from-rev HEAD "$p")
says 'is not in the git repository of the working directory'
