// `whittle catalog`: look up and update the AWS reference data.

import AWSCatalog
import Reporting

extension Command {
  /// `catalog info|action|event|managed|import`.
  static let catalog = Command(
    "catalog", summary: "look up and update the AWS reference data",
    synopses: ["info|action|event|managed|import …"],
    examples: [
      Example("what does AWS say about an action?", "whittle catalog action s3:GetObject"),
      Example("which permission does an event need?", "whittle catalog event lambda.amazonaws.com Invoke"),
      Example(
        "which AWS managed policy covers two actions with the least besides?",
        "whittle catalog managed --covering s3:GetObject --covering s3:ListBucket"),
    ],
    body: .group([.catalogInfo, .catalogAction, .catalogEvent, .catalogManaged, .catalogImport]))

  /// `catalog info`.
  static let catalogInfo = Command(
    "info", summary: "counts, dates and sources of the reference data",
    synopses: ["[--catalog FILE] [--format F]"],
    examples: [
      Example("how old is the reference data?", "whittle catalog info"),
      Example("the date alone", "whittle catalog info --format json | jq -r .date"),
    ],
    options: [.catalog, .format(.text, .json, .ndjson), .output],
    body: .job { arguments in CatalogInfoJob(answer: CatalogAnswer(arguments)) })

  /// `catalog action PATTERN…`.
  static let catalogAction = Command(
    "action", summary: "everything about the actions that a pattern matches",
    synopses: ["PATTERN… [--catalog FILE] [--format F]"],
    examples: [
      Example("one action in full", "whittle catalog action s3:GetObject"),
      Example("what does a wildcard stand for?", "whittle catalog action 'iam:*Policy'"),
      Example(
        "every action that changes permissions",
        "whittle catalog action '*' --format ndjson | jq -r 'select(.accessLevel==\"Permissions management\").action'"
      ),
    ],
    details: [
      "A pattern is an action as policies name it: `*` stands for any characters, `?` for one, in any case. A pattern "
        + "without a colon is looked for in every service.",
      "Where no action matches, the exit status is 1.",
    ],
    operands: Operands("PATTERN…", count: 1...Int.max, help: "actions, with `*` and `?`"),
    options: [.catalog, .format(.text, .json, .ndjson), .output],
    body: .job { arguments in
      CatalogActionJob(patterns: arguments.operands, answer: CatalogAnswer(arguments))
    })

  /// `catalog managed [PATTERN]`.
  static let catalogManaged = Command(
    "managed", summary: "AWS managed policies, and those that cover a set of actions",
    synopses: ["PATTERN [--format F]", "[PATTERN] --covering ACTION… [--format F]"],
    examples: [
      Example("one policy with its document", "whittle catalog managed ReadOnlyAccess"),
      Example("all policies about S3", "whittle catalog managed '*S3*'"),
      Example(
        "which policies allow these two actions, least excess first?",
        "whittle catalog managed --covering s3:GetObject --covering s3:ListBucket"),
    ],
    details: [
      "`excess` counts the actions that a policy allows beyond those asked for. `restricted` lists those of them that it "
        + "allows only on some resources or under some conditions. Policies of service-linked roles cover nothing, since "
        + "nobody can attach them.",
      "Where no policy is found, the exit status is 1.",
    ],
    operands: Operands("PATTERN", count: 0...1, help: "names or ARNs, with `*` and `?`; all by default"),
    options: [.covering, .catalog, .format(.text, .json, .ndjson), .output],
    body: .job { arguments throws(CommandError) in try CatalogManagedJob(arguments) })
}

extension CommandOption {
  /// `--covering`.
  static let covering = CommandOption(
    "covering", .text("ACTION"), isRepeatable: true,
    help: "only policies that allow this action; repeatable, or several parted by commas")
}

/// What the catalog's commands share: the catalog, and the form and place of the answer.
struct CatalogAnswer: Hashable, Sendable {
  let choice: CatalogChoice
  let format: OutputFormat
  let output: String?

  init(_ arguments: ParsedArguments) {
    choice = CatalogChoice(arguments)
    format = arguments.format()
    output = arguments.value(.output)
  }

  /// Whether text is coloured.
  func isColored(_ console: Console) -> Bool { console.colorsOutput && output == nil }
}

/// Prints counts, dates and sources.
private struct CatalogInfoJob: Job {
  let answer: CatalogAnswer

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let report = CatalogInfoReport(try answer.choice.load().info)
    var stream = try OutputStream(answer.output)
    switch answer.format {
    case .json, .ndjson: report.writeJSON(to: &stream, isPretty: answer.format == .json)
    default: report.writeText(to: &stream, isColored: answer.isColored(console))
    }
    try stream.finish()
    return .done
  }
}

/// Prints the actions that patterns match.
private struct CatalogActionJob: Job {
  let patterns: [String]
  let answer: CatalogAnswer

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let catalog = try answer.choice.load()
    var actions: [String: ActionEntry] = [:]
    for pattern in patterns {
      let whole = pattern.contains(":") || pattern == "*" ? pattern : "*:\(pattern)"
      let found = catalog.actions(matching: whole)
      for action in found { actions[action.action.lowercased()] = action }
      if found.isEmpty { console.warn(CatalogActionJob.absence(of: pattern, in: catalog)) }
    }
    let sorted = actions.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    let report = CatalogActionReport(sorted)
    var stream = try OutputStream(answer.output)
    switch answer.format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    default: report.writeText(to: &stream, isColored: answer.isColored(console))
    }
    try stream.finish()
    return actions.isEmpty ? .answerIsNo : .done
  }

  private static func absence(of pattern: String, in catalog: Catalog) -> String {
    if let retirement = catalog.retirement(of: pattern) {
      return "there is no action `\(pattern)`: \(retirement)"
    }
    let service = String(pattern.prefix { $0 != ":" })
    if pattern.contains(":"), !service.contains(where: { $0 == "*" || $0 == "?" }),
      !catalog.hasService(service)
    {
      return "there is no action `\(pattern)`: AWS has no service prefix `\(service)`"
    }
    return "there is no action `\(pattern)` in the catalog of \(catalog.date)"
  }
}

/// Prints managed policies.
private struct CatalogManagedJob: Job {
  let pattern: String
  let covering: [String]
  let answer: CatalogAnswer

  init(_ arguments: ParsedArguments) throws(CommandError) {
    covering = arguments.values(.covering).flatMap { $0.split(separator: ",").map(String.init) }
    guard let pattern = arguments.operands.first ?? (covering.isEmpty ? nil : "*") else {
      throw CommandError(
        .badOperand, "no policy is named", hint: "name one, such as `ReadOnlyAccess`, or `'*'` for all")
    }
    self.pattern = pattern
    answer = CatalogAnswer(arguments)
    if let wildcard = covering.first(where: { $0.contains("*") || $0.contains("?") || !$0.contains(":") }) {
      throw CommandError(
        .badValue, "`--covering` takes whole actions, not `\(wildcard)`",
        hint: "list what a wildcard stands for with `whittle catalog action '\(wildcard)'`")
    }
  }

  func run(on console: Console) throws(CommandError) -> ExitStatus {
    let catalog = try answer.choice.load()
    let named =
      catalog.managedPolicy(pattern).map { [$0] }
      ?? catalog.managedPolicies(matching: pattern.split(separator: "/").last.map(String.init) ?? pattern)
    for action in covering where catalog.canonicalName(action) == nil {
      console.warn("there is no action `\(action)` in the catalog of \(catalog.date)")
    }
    let items: [CatalogManagedReport.Item]
    if covering.isEmpty {
      items = named.map { CatalogManagedReport.Item(policy: $0) }
    } else {
      let names = Set(named.map(\.name))
      items = catalog.managedPolicies(covering: covering).filter { names.contains($0.policy.name) }
        .map { CatalogManagedReport.Item(policy: $0.policy, cover: $0) }
    }
    if items.isEmpty { console.warn("no AWS managed policy fits") }
    let report = CatalogManagedReport(items)
    var stream = try OutputStream(answer.output)
    switch answer.format {
    case .json: report.writeJSON(to: &stream)
    case .ndjson: report.writeNDJSON(to: &stream)
    default: if !items.isEmpty { report.writeText(to: &stream, isColored: answer.isColored(console)) }
    }
    try stream.finish()
    return items.isEmpty ? .answerIsNo : .done
  }
}
