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
    /// The ledger as recorded: what is stored and merged with others.
    public var recorded: UsageLedger
    /// What was read.
    public var summary: LogSummary
    /// The ledger with everything applied that its events taught about each other: what is shown and made policies of.
    public var ledger: UsageLedger

    /// Creates a result.
    ///
    /// - Parameters:
    ///   - recorded: The ledger as recorded.
    ///   - summary: What was read.
    public init(recorded: UsageLedger, summary: LogSummary) {
      self.recorded = recorded
      self.summary = summary
      self.ledger = recorded.settled()
    }
  }

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
  /// The result depends on the events alone, not on the order of files nor on the number of threads. A filter that
  /// counts back from the newest event needs two passes; standard input is then kept in a temporary file.
  ///
  /// - Returns: The ledger and the account of what was read.
  /// - Throws: If standard input had to be kept and could not be.
  public func run() throws -> Result {
    guard filter.isRelative else { return run(inputs, newest: nil) }
    return try Spool.replayable(inputs) { inputs in
      let newest = LogScan(inputs: inputs, jobs: jobs).run { NewestEvent() }.consumer.time
      return run(inputs, newest: newest)
    }
  }

  private func run(_ inputs: [LogInput], newest: Timestamp?) -> Result {
    let (consumer, summary) = LogScan(inputs: inputs, jobs: jobs, progress: progress).run {
      UsageRecorder(filter: EventFilter(filter, newest: newest, catalog: catalog), catalog: catalog)
    }
    return Result(recorded: consumer.ledger, summary: summary)
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
