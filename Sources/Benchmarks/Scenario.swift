// What a measurement is made of.

/// One measurement: what it measures, and how to do it once.
///
/// Each scenario stands in a file of its own, as a static member of this type, and in the table of `main.swift`.
struct Scenario: Sendable {
  /// What one round left behind.
  struct Round: Sendable {
    /// How many units of work were done.
    var units: Int
    /// How many bytes of input went through, where that is a number worth having.
    var bytes: Int?
    /// How long the threads of a process of its own were running, where that is what did the work.
    var cpuSeconds: Double?
    /// How much memory that process held at most, in bytes.
    var peakMemory: Int?
    /// What that process runs, for counts of what it does.
    var command: Command?
    /// What else is to be said.
    var note: String?

    /// Creates the result of a round.
    ///
    /// - Parameters:
    ///   - units: How many units of work were done; derived from the work's own result, so that the work cannot be
    ///     optimised away.
    ///   - bytes: How many bytes of input went through.
    ///   - cpuSeconds: How long the threads of a process of its own were running.
    ///   - peakMemory: How much memory that process held at most, in bytes.
    ///   - command: What that process runs.
    ///   - note: What else is to be said.
    init(
      units: Int, bytes: Int? = nil, cpuSeconds: Double? = nil, peakMemory: Int? = nil,
      command: Command? = nil,
      note: String? = nil
    ) {
      self.units = units
      self.bytes = bytes
      self.cpuSeconds = cpuSeconds
      self.peakMemory = peakMemory
      self.command = command
      self.note = note
    }
  }

  /// The name, as one types it to choose the scenario.
  let name: String
  /// What is measured: lower case, no full stop.
  let summary: String
  /// What a unit of work is called, in the singular.
  let unit: String
  /// Builds the input, which is not measured, and returns what does one round.
  let prepare: @Sendable () throws -> () throws -> Round

  /// Creates a scenario.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - summary: What is measured.
  ///   - unit: What a unit of work is called.
  ///   - prepare: Builds the input and returns what does one round.
  init(
    _ name: String, summary: String, unit: String,
    prepare: @escaping @Sendable () throws -> () throws -> Round
  ) {
    self.name = name
    self.summary = summary
    self.unit = unit
    self.prepare = prepare
  }
}
