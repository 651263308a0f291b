"""What can block the event loops of cc_* targets: one action a unit, one archive a target, one report.

    load("//:blockscan.bzl", "blockscan_report")
    blockscan_report(name = "blocking", deps = [":server"])

`bazel build :blocking` makes blocking.json and blocking.txt. The action BlockscanExtract reads what the
compiler would read and nothing else, and gives the same bytes on every machine: it is cached, shared and
run remotely as compiling is. Workers need blockscan and its libclang where they have the compiler.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME", "C_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

BlockscanInfo = provider("Facts of a target and of all that it depends on.", fields = ["archives", "sources"])

_C = ["c"]
_CXX = ["cc", "cpp", "cxx", "c++", "C"]

def _flags(ctx, toolchain, features, action, context, source, object):
    rule = ctx.rule.attr
    fragment = ctx.fragments.cpp
    own = fragment.conlyopts if action == C_COMPILE_ACTION_NAME else fragment.cxxopts
    defines = [d.replace("\\\"", "\"") for d in getattr(rule, "local_defines", []) + getattr(rule, "defines", [])]
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        source_file = source.path,
        output_file = object,
        user_compile_flags = fragment.copts + own + getattr(rule, "copts", []),
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(defines, transitive = [context.defines]),
    )
    return cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = action,
        variables = variables,
    )

def _extract(ctx, toolchain, features, context, source, inputs):
    action = C_COMPILE_ACTION_NAME if source.extension in _C else CPP_COMPILE_ACTION_NAME
    facts = ctx.actions.declare_file("_blockscan/%s/%s.bsf" % (ctx.label.name, source.short_path))

    # The target's name tells which program a unit belongs to.
    object = "%s/_objs/%s/%s.o" % (ctx.label.package or ".", ctx.label.name, source.basename)
    compiler = cc_common.get_tool_for_action(feature_configuration = features, action_name = action)
    flags = _flags(ctx, toolchain, features, action, context, source, object)
    if "-c" not in flags:
        flags = flags + ["-c", source.path, "-o", object]
    ctx.actions.run(
        executable = ctx.executable._blockscan,
        arguments = ["extract", "--output=" + facts.path, "--root=.", "--", compiler, "-iquote", "."] + flags,
        inputs = depset([source] + inputs, transitive = [context.headers, toolchain.all_files]),
        outputs = [facts],
        mnemonic = "BlockscanExtract",
        progress_message = "Reading %s for blocking calls" % source.short_path,
    )
    return facts

def _archive(ctx, facts):
    archive = ctx.actions.declare_file("_blockscan/%s.bsa" % ctx.label.name)
    ctx.actions.run(
        executable = ctx.executable._blockscan,
        arguments = ["link", "--archive=" + archive.path] + [f.path for f in facts],
        inputs = facts,
        outputs = [archive],
        mnemonic = "BlockscanArchive",
    )
    return archive

def _aspect_impl(target, ctx):
    deps = getattr(ctx.rule.attr, "deps", [])
    transitive = [d[BlockscanInfo].archives for d in deps if BlockscanInfo in d]
    below = depset(transitive = [d[BlockscanInfo].sources for d in deps if BlockscanInfo in d])
    files = [f for s in getattr(ctx.rule.attr, "srcs", []) for f in s.files.to_list()]
    sources = [f for f in files if f.extension in _C + _CXX]
    if not ctx.rule.kind.startswith("cc_") or not sources:
        return [BlockscanInfo(archives = depset(transitive = transitive), sources = below)]
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    infos = [target[CcInfo]] if CcInfo in target else []
    infos += [d[CcInfo] for d in deps if CcInfo in d]
    context = cc_common.merge_cc_infos(cc_infos = infos).compilation_context
    headers = [f for f in files if f not in sources]
    facts = [_extract(ctx, toolchain, features, context, s, headers) for s in sources]
    return [BlockscanInfo(
        archives = depset([_archive(ctx, facts)], transitive = transitive),
        sources = depset(files, transitive = [below]),
    )]

blockscan_aspect = aspect(
    implementation = _aspect_impl,
    attr_aspects = ["deps"],
    attrs = {
        "_blockscan": attr.label(
            default = "@blockscan//:blockscan",
            executable = True,
            cfg = "host",
            allow_single_file = True,
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _report_impl(ctx):
    archives = depset(transitive = [d[BlockscanInfo].archives for d in ctx.attr.deps])
    json = ctx.actions.declare_file(ctx.label.name + ".json")
    text = ctx.actions.declare_file(ctx.label.name + ".txt")
    arguments = ctx.actions.args()
    arguments.add_all(["link", "--quiet", "--fail-on=" + ctx.attr.fail_on])
    arguments.add(json, format = "--output=json=%s")
    arguments.add(text, format = "--output=text=%s")
    arguments.add_all(archives)

    # The rules are those of the machine that asks; the text shows lines of the sources.
    ctx.actions.run(
        executable = ctx.executable._blockscan,
        arguments = [arguments],
        inputs = depset(transitive = [archives] + [d[BlockscanInfo].sources for d in ctx.attr.deps]),
        outputs = [json, text],
        mnemonic = "BlockscanReport",
        execution_requirements = {"no-remote-exec": "1"},
    )
    return [DefaultInfo(files = depset([json, text]))]

blockscan_report = rule(
    implementation = _report_impl,
    doc = "The report of one program. An analysis that is incomplete fails the build; findings do from fail_on on.",
    attrs = {
        "deps": attr.label_list(aspects = [blockscan_aspect], mandatory = True),
        "fail_on": attr.string(default = "never", values = ["never", "note", "warning", "error"]),
        "_blockscan": attr.label(
            default = "@blockscan//:blockscan",
            executable = True,
            cfg = "host",
            allow_single_file = True,
        ),
    },
)

def _installed_impl(repository):
    path = repository.os.environ.get("BLOCKSCAN") or repository.which("blockscan")
    if not path:
        fail("blockscan is not installed; set BLOCKSCAN to the program")
    repository.symlink(path, "blockscan")
    repository.file("BUILD.bazel", "exports_files([\"blockscan\"])\n")

blockscan_installed = repository_rule(
    implementation = _installed_impl,
    doc = "The program that is installed on this machine: $BLOCKSCAN, or the one in PATH.",
    environ = ["BLOCKSCAN", "PATH"],
    local = True,
)
