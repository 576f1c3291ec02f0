// From logs to a ledger: what every command that takes `LOGS…` calls.

public import AWSCatalog
public import CloudTrail
import IAM

/// A pass over logs that ends in a ledger.
public struct UsageScan: Sendable {
  /// What is read.
  public var inputs: [LogInput]
  /// Which events count.
  public var filter = UsageFilter()
  /// How many threads read.
  public var jobs: Int
  /// The reference data.
  public var catalog: Catalog
  /// What is told about progress, from any thread.
  public var progress: (@Sendable (LogProgress) -> Void)?

  /// What a scan gives.
  public struct Result: Sendable {
    /// What was read.
    public var summary: LogSummary
    /// The ledger with everything applied that its events taught about each other: what is shown and made policies of.
    public var ledger: UsageLedger
    /// What the events taught about each other.
    public var learned: LearnedFacts

    /// Creates a result.
    ///
    /// - Parameters:
    ///   - recorded: The ledger as recorded.
    ///   - summary: What was read.
    ///   - filter: Whose use is shown.
    public init(
      recorded: consuming UsageLedger, summary: LogSummary, filter: UsageFilter = UsageFilter()
    ) {
      self.summary = summary
      learned = recorded.learned
      // In place: there may be millions of uses.
      recorded.generalize()
      recorded.settle()
      ledger = filter.selected(recorded)
    }
  }

  /// How many calls a thread resolves before it makes templates of resolutions; that changes the speed only.
  package var templatesAfter = 128

  /// Creates a scan.
  ///
  /// - Parameters:
  ///   - inputs: Files, directories and standard input.
  ///   - jobs: How many threads read.
  ///   - catalog: The reference data.
  public init(inputs: [LogInput], jobs: Int = 1, catalog: Catalog = .embedded) {
    self.inputs = inputs
    self.jobs = jobs
    self.catalog = catalog
  }

  /// Reads the inputs.
  ///
  /// - Returns: The ledger as recorded, which may be stored and merged with others, and the account of what was read.
  /// - Throws: If standard input had to be kept and could not be.
  public func record() throws -> (ledger: UsageLedger, summary: LogSummary) {
    var (recorder, summary) = try recorded()
    var ledger = recorder.takeLedger()
    ledger.generalize()
    return (ledger, summary)
  }

  /// Reads the inputs and applies what their events teach about each other.
  ///
  /// The result depends on the events alone, not on the order of files nor on the number of threads. A filter that
  /// counts back from the newest event needs two passes; standard input is then kept in a temporary file.
  ///
  /// - Returns: The ledger and the account of what was read.
  /// - Throws: If standard input had to be kept and could not be.
  public func run() throws -> Result {
    var (recorder, summary) = try recorded()
    return Result(recorded: recorder.takeLedger(), summary: summary, filter: filter)
  }

  private func recorded() throws -> (UsageRecorder, LogSummary) {
    let shared = SharedResolver(catalog)
    let limits = UsageRecorder.Limits(callsBeforeTemplates: templatesAfter)
    return try fold { filter, _ in UsageRecorder(filter: filter, shared, limits) }
  }

  /// Feeds the events of the inputs to consumers.
  ///
  /// - Parameter make: Makes an empty consumer from the filter, ready to judge events.
  /// - Returns: The merged consumer, and the account of what was read.
  /// - Throws: If standard input had to be kept and could not be.
  func fold<Consumer: EventConsumer>(
    _ make: @Sendable (EventFilter, Catalog) -> Consumer
  ) throws -> (consumer: Consumer, summary: LogSummary) {
    func read(_ inputs: [LogInput], newest: Timestamp?) -> (consumer: Consumer, summary: LogSummary) {
      let filter = EventFilter(filter, newest: newest, catalog: catalog)
      return LogScan(inputs: inputs, jobs: jobs, progress: progress).run { make(filter, catalog) }
    }
    guard filter.isRelative else { return read(inputs, newest: nil) }
    return try Spool.replayable(inputs) { inputs in
      read(inputs, newest: LogScan(inputs: inputs, jobs: jobs).run { NewestEvent() }.consumer.time)
    }
  }
}

/// The time of the newest event.
struct NewestEvent: EventConsumer {
  private(set) var time: Timestamp?

  mutating func consume(_ event: CloudTrailEvent) {
    guard let time = event.eventTime else { return }
    self.time = max(self.time ?? time, time)
  }

  mutating func merge(_ other: NewestEvent) {
    guard let time = other.time else { return }
    self.time = max(self.time ?? time, time)
  }
}
