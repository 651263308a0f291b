;; The language server in Emacs' own client, by the snippet of docs/editors.md. Run in the workspace:
;;   emacs -q --batch -l emacs.el
;; Ends with code 1 and a sentence when something is wrong, with 77 where there is no Eglot.
(require 'package)
(package-initialize)
(unless (require 'eglot nil t) (kill-emacs 77))
(require 'flymake)

(defun check (condition &rest what)
  (unless condition
    (message "FAILED: %s" (apply #'format what))
    (kill-emacs 1)))

(defun wait-for (what test)
  "Waits until TEST is true, a minute at most."
  (let ((end (+ (float-time) 60)))
    (while (and (not (funcall test)) (< (float-time) end)) (accept-process-output nil 0.05))
    (check (funcall test) "%s: waited in vain" what)))

(defun snippet ()
  "The Lisp of the page."
  (with-temp-buffer
    (insert-file-contents (concat (getenv "BLOCKSCAN_SOURCE") "/docs/editors.md"))
    (check (re-search-forward "^```elisp\n\\(\\(?:.*\n\\)*?\\)```$" nil t) "docs/editors.md has no Lisp")
    (car (read-from-string (match-string 1)))))

(eval (snippet))
(setq eglot-sync-connect 60
      project-find-functions (list (lambda (_folder) (cons 'transient default-directory)))
      workspace (expand-file-name default-directory))
(find-file "src/main.c")
(setq default-directory workspace)
(call-interactively #'eglot)
(let ((server (eglot-current-server)))
  (check server "no server")
  (flymake-mode 1)
  (wait-for "the diagnostic" #'flymake-diagnostics)
  (let* ((found (flymake-diagnostics)) (one (car found)))
    (check (= (length found) 1) "%d diagnostics" (length found))
    (check (= (line-number-at-pos (flymake-diagnostic-beg one)) 6) "at another line")
    ;; The column is Emacs' own again: characters.
    (check (string= "sleep" (buffer-substring (flymake-diagnostic-beg one) (flymake-diagnostic-end one)))
           "at another place")
    (check (string-match-p "sleep.sleep" (flymake-diagnostic-text one)) "text: %s" (flymake-diagnostic-text one))
    (goto-char (flymake-diagnostic-beg one)))
  (let ((hover (jsonrpc-request server :textDocument/hover (eglot--TextDocumentPositionParams))))
    (check (string-match-p "on\\\\_timer" (plist-get (plist-get hover :contents) :value)) "hover: %S" hover))
  (let ((lenses (jsonrpc-request server :textDocument/codeLens
                                 (list :textDocument (eglot--TextDocumentIdentifier)))))
    (check (= (length lenses) 2) "lenses: %S" lenses))
  ;; The code action as the menu runs it; then the next scan finds nothing.
  (let ((actions (jsonrpc-request server :textDocument/codeAction
                                  (list :textDocument (eglot--TextDocumentIdentifier)
                                        :range (list :start (eglot--pos-to-lsp-position (point))
                                                     :end (eglot--pos-to-lsp-position (point)))
                                        :context (list :diagnostics
                                                       (vector (alist-get 'eglot-lsp-diag
                                                                          (flymake-diagnostic-data
                                                                           (car (flymake-diagnostics))))))))))
    (check (= (length actions) 1) "actions: %S" actions)
    (eglot--apply-workspace-edit (plist-get (aref actions 0) :edit)))
  (save-buffer)
  (wait-for "the suppression" (lambda () (accept-process-output nil 0.2) (null (flymake-diagnostics))))
  (eglot-shutdown server))
