# More ways to have git run something: the environment, configuration files that the user's own configuration includes from the tree (each key
# that names a program), .git files, submodules, linked worktrees, and names of files and revisions that look like options. In each the
# finding of the change is told, or git's repository is refused; nothing runs and nothing is written.
set -eu
. "$(dirname "$0")/git-helpers"
p=$TMP/p
make_loop "$p"
cd "$p"
mark="echo ran >>$TMP/RAN"
n=0
nothing_ran() { [ ! -e "$TMP/RAN" ] || fail "$1: there ran $(tr '\n' ' ' <"$TMP/RAN")"; }
# found WHAT: the finding of the change is there, by the revision and by the index.
found() {
  n=$((n + 1))
  run 1 -q --no-cache --new-from-rev HEAD .
  prints 'through the change at: src/main.c:11 in on_second()'
  nothing_ran "$1"
}
# refused WHAT ARGUMENT…: exit code 2.
refused() {
  n=$((n + 1)) what=$1
  shift
  run 2 -q --no-cache "$@"
  nothing_ran "$what"
}
insert 11 src/main.c '  save(5);'
printf '*.c diff=evil filter=evil merge=evil\n' >.gitattributes
found "nothing"

# The environment of whoever runs it: what names programs at once, for each of them says its own name; what contradicts each other alone.
says_its_name() { echo "echo $1 >>$TMP/RAN"; }
(
  for name in GIT_EXTERNAL_DIFF GIT_PAGER PAGER GIT_EDITOR GIT_SSH_COMMAND GIT_ASKPASS GIT_PROXY_COMMAND; do
    # shellcheck disable=SC2163 # a name with its value
    export "$name=$(says_its_name $name)"
  done
  export GIT_CONFIG_PARAMETERS="'core.fsmonitor'='$(says_its_name fsmonitor)' 'diff.external'='$(says_its_name diff.external)'"
  export GIT_DIFF_OPTS=-u0 GIT_NAMESPACE=x GIT_TRACE=0
  found "the environment"
) || fail "the environment"
for setting in GIT_GLOB_PATHSPECS GIT_LITERAL_PATHSPECS GIT_ICASE_PATHSPECS; do
  # shellcheck disable=SC2163
  (export "$setting=1" && found "$setting") || fail "$setting"
done
(export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=core.fsmonitor "GIT_CONFIG_VALUE_0=$mark" GIT_CONFIG_KEY_1=core.hooksPath "GIT_CONFIG_VALUE_1=$TMP/hooks" && found "GIT_CONFIG_COUNT")
n=$((n + 17))
# A repository in the environment that lies among the files is refused.
mkdir -p build/g
cp -r .git/HEAD .git/objects .git/refs .git/index build/g/
printf '[core]\n\tbare = false\n\tworktree = %s\n\tfsmonitor = "%s"\n' "$p" "$mark" >build/g/config
(export GIT_DIR="$p/build/g" && refused "GIT_DIR in the tree" --new-from-rev HEAD .)
(export GIT_DIR=build/g GIT_WORK_TREE="$p" && refused "GIT_DIR and GIT_WORK_TREE" --new-from-rev HEAD .)
(export GIT_DIR="$p/build/../build/g" GIT_WORK_TREE=. && refused "GIT_DIR with dots" --new-from-rev HEAD .)
(export GIT_COMMON_DIR="$p/build/g" && { "$BLOCKSCAN" -q --no-cache --new-from-rev HEAD . >/dev/null 2>&1 || :; nothing_ran "GIT_COMMON_DIR"; })
n=$((n + 4))

# Configuration that the user includes from the tree: every key that names a program.
for include in include 'includeIf "gitdir:/**"'; do
  printf '[%s]\n\tpath = %s/.gitconfig\n' "$include" "$p" >>.git/config
  rm -f .gitconfig
  for key in core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy core.alternateRefsCommand diff.external diff.evil.command diff.evil.textconv \
    filter.evil.clean filter.evil.smudge filter.evil.process merge.evil.driver gpg.program gpg.ssh.program credential.helper interactive.diffFilter \
    pager.diff pager.show pager.ls-files alias.diff alias.rev-parse alias.show uploadpack.packObjectsHook sequence.editor trailer.evil.command \
    remote.origin.uploadpack browser.evil.cmd difftool.evil.cmd; do
    git config -f .gitconfig "$key" "$(says_its_name "$key")"
    n=$((n + 1))
  done
  git config -f .gitconfig filter.evil.required true
  found "$include: what it names"
  # Without a process that filters, git would take clean and smudge.
  git config -f .gitconfig --unset filter.evil.process
  found "$include: filters"
  rm -f .gitconfig
  git config -f .gitconfig core.hooksPath "$TMP/hooks"
  mkdir -p "$TMP/hooks"
  for hook in post-index-change post-checkout pre-commit reference-transaction fsmonitor-watchman; do
    printf '#!/bin/sh\n%s\n' "$mark" >"$TMP/hooks/$hook"
    chmod +x "$TMP/hooks/$hook"
  done
  found "$include: core.hooksPath"
  git config -f .gitconfig core.worktree "$TMP"
  "$BLOCKSCAN" -q --no-cache --new-from-rev HEAD . >/dev/null 2>&1 || :
  nothing_ran "$include: core.worktree"
  git config -f .gitconfig --unset core.worktree
  git config -f .gitconfig core.attributesFile "$p/attributes"
  printf '* filter=evil diff=evil\n' >attributes
  git config -f .gitconfig filter.evil.process "$mark"
  found "$include: core.attributesFile"
  rm .gitconfig attributes
done
git config --unset-all include.path || :

# A .git file, and folders with names that git may take for .git.
for name in .GIT git~1 .git. ".git "; do
  mkdir -p "sub/$name"
  cp -r build/g/. "sub/$name/"
  found "sub/$name"
  rm -rf sub
done
mkdir sub
printf 'gitdir: ../build/g\n' >sub/.git
cp compile_commands.json sub/
found "a .git file below"
(cd sub && { "$BLOCKSCAN" -q --no-cache --new-from-rev HEAD compile_commands.json >/dev/null 2>&1 || :; nothing_ran "inside a .git file's folder"; })
rm -rf sub

# A submodule whose own git folder asks for programs.
git init -q "$TMP/module"
git -C "$TMP/module" commit -q --allow-empty -m module
git -c protocol.file.allow=always submodule add -q "$TMP/module" module 2>/dev/null
git commit -q -m module -- .gitmodules module
printf '[submodule "module"]\n\tpath = module\n\turl = ext::%s\n\tupdate = !%s\n' "$mark" "$mark" >.gitmodules
git -C module config core.fsmonitor "$mark"
git -C module config filter.evil.process "$mark"
printf 'x\n' >module/file
git -C module commit -q --allow-empty -m more
rm -f "$TMP/RAN"
found "a submodule"
git config submodule.recurse true
git config diff.submodule log
found "submodule.recurse"
git config status.submoduleSummary true
found "submodule summary"

git checkout -q .gitmodules

# A linked worktree is a repository as any other.
git stash -q
git worktree add -q "$TMP/w" HEAD
(
  cd "$TMP/w"
  sed "s|$p|$TMP/w|g" "$p/compile_commands.json" >compile_commands.json
  awk 'NR == 11 { print "  save(5);" } { print }' src/main.c >m && mv m src/main.c
  git config extensions.worktreeConfig true
  git config --worktree core.fsmonitor "$mark"
  found "a linked worktree"
)
git stash pop -q
n=$((n + 1))

# Names that look like options, pathspecs, revisions.
for name in --output=evil.c -O.c --upload-pack=x.c ':(top)x.c' ':!x.c' ':(exclude)y.c' "a
b.c" 'q"q.c' '@{u}.c' '$(touch RAN).c' '`touch RAN`.c'; do
  printf 'int x;\n' >"./$name"
  git add -- "./$(printf '%s' "$name")" 2>/dev/null || git --literal-pathspecs add -- "$name"
  found "a file $name"
  git --literal-pathspecs rm -q -f --cached -- "$name"
  rm -f "./$name"
done
for revision in --output=evil --upload-pack=evil -Oevil '@{u}' ':/nothing' 'HEAD^{/x}' '--help' '' '--exec=evil' 'HEAD:src' '$(touch RAN)'; do
  refused "the revision $revision" "--new-from-rev=$revision" .
done
[ ! -e evil ] && [ ! -e RAN ] && [ ! -e evil.c ] || fail "a name was taken for an option"

# Another user's repository is refused, as git refuses it.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  chown -R 65534 "$p"
  refused "another user's" --new-from-rev HEAD .
  chown -R 0 "$p"
fi
echo "$n variants"
