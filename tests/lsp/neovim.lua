-- The language server in Neovim's own client, and the text report in its quickfix list. Run in the workspace:
--   nvim --headless -u NONE -i NONE -n -c 'luafile neovim.lua'
-- $BLOCKSCAN is the program, report.txt its text report. Quits with code 1 and a sentence on stderr when something is wrong.
local function check(condition, what)
  if not condition then
    io.stderr:write("FAILED: " .. what .. "\n")
    vim.cmd("cquit 1")
  end
end

local function quickfix()
  vim.opt.runtimepath:append(vim.env.BLOCKSCAN_SOURCE .. "/editors/vim")
  vim.cmd("compiler blockscan")
  vim.cmd("cgetfile report.txt")
  local items = vim.fn.getqflist()
  check(#items == 1, "quickfix has " .. #items .. " items")
  check(items[1].lnum == 6 and items[1].type == "e", "quickfix: line " .. items[1].lnum .. ", type " .. items[1].type)
  check(vim.fn.bufname(items[1].bufnr) == "src/main.c", "quickfix: another file")
end

local function server()
  vim.cmd("edit src/main.c")
  local buffer = vim.api.nvim_get_current_buf()
  local client = vim.lsp.start_client({ name = "blockscan", cmd = { vim.env.BLOCKSCAN, "lsp" }, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(buffer, client)
  check(vim.wait(60000, function() return #vim.diagnostic.get(buffer) == 1 end, 50), "no diagnostic")
  local found = vim.diagnostic.get(buffer)[1]
  check(found.lnum == 5 and found.source == "blockscan" and found.severity == vim.diagnostic.severity.ERROR,
    "another diagnostic: " .. vim.inspect(found))
  -- The column is Neovim's again: bytes.
  check(found.col == vim.api.nvim_buf_get_lines(buffer, 5, 6, false)[1]:find("sleep", 1, true) - 1, "another column")

  local at = { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = 5, character = 4 } }
  local hover = vim.lsp.buf_request_sync(buffer, "textDocument/hover", at, 60000)[client].result
  check(hover.contents.value:find("on\\_timer", 1, true), "hover: " .. vim.inspect(hover))

  local request = {
    textDocument = at.textDocument,
    range = found.user_data.lsp and { start = { line = 5, character = 0 }, ["end"] = { line = 5, character = 1 } },
    context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer, 5) },
  }
  local actions = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", request, 60000)[client].result
  check(#actions == 1, "code actions: " .. vim.inspect(actions))
  vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
  vim.cmd("write")
  check(vim.wait(60000, function() return #vim.diagnostic.get(buffer) == 0 end, 50), "still a diagnostic after the suppression")
  vim.lsp.stop_client(client)
end

-- A unit that does not parse: the editor shows why, soon, and where; and says once that the result is incomplete.
local function broken()
  local messages = {}
  local show = vim.lsp.handlers["window/showMessage"]
  vim.lsp.handlers["window/showMessage"] = function(_, result) messages[#messages + 1] = result.message end
  vim.cmd("edit broken/broken.c")
  local buffer = vim.api.nvim_get_current_buf()
  local began = vim.loop.hrtime()
  local client = vim.lsp.start_client({ name = "blockscan", cmd = { vim.env.BLOCKSCAN, "lsp" }, root_dir = vim.fn.getcwd() .. "/broken" })
  vim.lsp.buf_attach_client(buffer, client)
  check(vim.wait(60000, function() return #vim.diagnostic.get(buffer) == 1 end, 20), "no diagnostic of the broken unit")
  local seconds = (vim.loop.hrtime() - began) / 1e9
  check(seconds < tonumber(vim.env.SECONDS or "2"), "the broken unit is shown after " .. seconds .. " s")
  local found = vim.diagnostic.get(buffer)[1]
  check(found.lnum == 1 and found.message:find("nowhere.h", 1, true), "another diagnostic: " .. vim.inspect(found))
  check(#messages == 1 and messages[1]:find("incomplete: 1 of 1 units", 1, true), "messages: " .. vim.inspect(messages))
  vim.lsp.handlers["window/showMessage"] = show
  vim.lsp.stop_client(client)
  return seconds
end

-- The snippets of docs/editors.md, as people paste them: the one for this release, and the lenses. blockscan is found in PATH.
local function snippets()
  local page, codes = table.concat(vim.fn.readfile(vim.env.BLOCKSCAN_SOURCE .. "/docs/editors.md"), "\n"), {}
  for code in page:gmatch("\n```lua\n(.-)\n```") do codes[#codes + 1] = code end
  check(#codes == 4, "docs/editors.md has " .. #codes .. " snippets of Lua")
  local mine = vim.fn.has("nvim-0.11") == 1 and 1 or vim.fn.has("nvim-0.8") == 1 and 2 or 3
  for number, code in ipairs(codes) do check(loadstring(code), "snippet " .. number .. " is no Lua") end
  return loadstring(codes[mine]), loadstring(codes[4])
end

local function snippet()
  local attach, lenses = snippets()
  attach()
  lenses()
  vim.cmd("filetype on")
  vim.cmd("edit! snippet/src/one.c")
  local buffer = vim.api.nvim_get_current_buf()
  check(vim.wait(60000, function() return #vim.diagnostic.get(buffer) == 1 end, 50), "the snippet shows no diagnostic")
  check(vim.diagnostic.get(buffer)[1].source == "blockscan", "another diagnostic")
  check(vim.wait(60000, function() return #vim.lsp.codelens.get(buffer) == 2 end, 50), "no lenses")
  local titles = vim.tbl_map(function(lens) return lens.command.title end, vim.lsp.codelens.get(buffer))
  check(vim.tbl_contains(titles, "blocks for seconds, 1 callback reaches it"), "lenses: " .. vim.inspect(titles))
  vim.cmd("edit snippet/src/two.c")
  local get_clients = vim.lsp.get_clients or vim.lsp.get_active_clients
  check(#get_clients() == 1, "the second file of the project has a server of its own")
  for _, client in pairs(get_clients()) do vim.lsp.stop_client(client.id) end
end

local good, problem = pcall(function()
  quickfix()
  server()
  snippet()
  print(string.format("the broken unit was shown after %.2f s", broken()))
end)
check(good, tostring(problem))
vim.cmd("qall!")
