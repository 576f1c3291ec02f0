// Actions: one by name, many by pattern.

extension Catalog {
  /// The entry of an action.
  ///
  /// - Parameter name: The action, `service:Name`, in any case.
  /// - Returns: The entry, spelled as AWS spells it, or `nil` where the catalog has no such action.
  /// - Complexity: O(log *n*) in the size of the catalog, about a microsecond.
  public func action(_ name: String) -> ActionEntry? {
    line(\.actions, name).map(entry)
  }

  /// An action as AWS spells it, or `nil` where the catalog has no such action.
  ///
  /// - Parameter name: The action, `service:Name`, in any case.
  /// - Returns: The action, or `nil`.
  /// - Complexity: As ``action(_:)``, without the cost of the entry.
  public func canonicalName(_ name: String) -> String? {
    line(\.actions, name)?.text(0)
  }

  /// The access level of an action, or `nil` where the catalog has no such action.
  ///
  /// - Parameter name: The action, `service:Name`, in any case.
  /// - Returns: The level.
  /// - Complexity: As ``action(_:)``, without the cost of the entry.
  public func accessLevel(of name: String) -> AccessLevel? {
    line(\.actions, name).map { AccessLevel(code: $0.code(1)) }
  }

  /// The actions that a pattern matches, sorted by lower-case name.
  ///
  /// - Parameter pattern: A pattern such as `s3:Get*`, as an `Action` element of a policy has it: `*` stands for any
  ///   characters, `?` for one, over the whole of `service:Name`, without regard to case.
  /// - Returns: The entries.
  public func actions(matching pattern: String) -> [ActionEntry] {
    var entries: [ActionEntry] = []
    forEachLine(\.actions, matching: pattern) { entries.append(entry($0)) }
    return entries
  }

  /// What sort of actions a pattern matches, sorted by lower-case name.
  ///
  /// - Parameter pattern: A pattern as in ``actions(matching:)``.
  /// - Returns: The actions, without the cost of their entries.
  public func actionTraits(matching pattern: String) -> [ActionTraits] {
    var traits: [ActionTraits] = []
    forEachLine(\.actions, matching: pattern) { line in
      traits.append(
        ActionTraits(
          action: line.text(0), accessLevel: AccessLevel(code: line.code(1)),
          observability: Observability(code: line.code(2))))
    }
    return traits
  }

  /// The names of the actions that a pattern matches, sorted by lower-case name.
  ///
  /// - Parameter pattern: A pattern as in ``actions(matching:)``.
  /// - Returns: The names.
  public func actionNames(matching pattern: String) -> [String] {
    var names: [String] = []
    forEachLine(\.actions, matching: pattern) { names.append($0.text(0)) }
    return names
  }

  /// The number of actions that a pattern matches.
  ///
  /// - Parameter pattern: A pattern as in ``actions(matching:)``.
  /// - Returns: The number.
  public func actionCount(matching pattern: String) -> Int {
    var count = 0
    forEachLine(\.actions, matching: pattern) { _ in count += 1 }
    return count
  }

  private func entry(_ line: CatalogLine) -> ActionEntry {
    let name = line.text(0)
    let service = name.prefix { $0 != ":" }
    return ActionEntry(
      action: name,
      accessLevel: AccessLevel(code: line.code(1)),
      resourceTypes: line.list(3, separator: UInt8(ascii: ",")).map { type in
        let required = type.hasSuffix("*")
        let name = required ? String(type.dropLast()) : type
        return ActionResourceType(
          name: name, required: required,
          arnFormats: arnFormats(resourceType: name, service: String(service)))
      },
      conditionKeys: line.list(4),
      dependentActions: line.list(5),
      observability: Observability(code: line.code(2)))
  }
}

extension AccessLevel {
  /// The level that a letter of the actions table stands for.
  ///
  /// - Parameter code: `L`, `R`, `W`, `T` or `P`; anything else reads as `W`, the careful choice.
  init(code: UInt8) {
    switch code {
    case UInt8(ascii: "L"): self = .list
    case UInt8(ascii: "R"): self = .read
    case UInt8(ascii: "T"): self = .tagging
    case UInt8(ascii: "P"): self = .permissionsManagement
    default: self = .write
    }
  }
}

extension Observability {
  /// The class that a letter of the actions table stands for.
  ///
  /// - Parameter code: `m`, `d` or `n`; anything else reads as `n`, which claims nothing.
  init(code: UInt8) {
    switch code {
    case UInt8(ascii: "m"): self = .management
    case UInt8(ascii: "d"): self = .data
    default: self = .never
    }
  }
}
