" Vim compiler file: the text report of blockscan in the quickfix list.
"   :compiler blockscan | make            scans with the compile database that is found
"   :compiler blockscan | make -p build   or with options of `blockscan scan`
if exists("current_compiler")
  finish
endif
let current_compiler = "blockscan"
let s:cpo_save = &cpo
set cpo&vim

CompilerSet makeprg=blockscan\ -q
CompilerSet errorformat=%f:%l:%c:\ %trror:\ %m,%f:%l:%c:\ %tarning:\ %m,%f:%l:%c:\ %tote:\ %m
" An error of blockscan itself, or what is incomplete, without a place.
CompilerSet errorformat+=%+Gblockscan:\ %m
CompilerSet errorformat+=%-G%.%#

let &cpo = s:cpo_save
unlet s:cpo_save
