/// An error that tells its reader what happened and what to do.
///
/// `code` is what API, log and tests use; pages and the command line find Japanese texts by it.
package protocol Explained: Error, Sendable {
    /// Stable and lowerCamelCase, for example `recipientKeyUnusable`.
    var code: String { get }
    /// One sentence: what happened. Holds no personal data.
    var summary: String { get }
    /// What the reader can do next. Never empty.
    var advice: String { get }
    /// True only if the same call may succeed later.
    var isTemporary: Bool { get }
}

/// Runs `body` and gives its error a place in the caller's own error type.
///
/// - Throws: `Outer`, made by `enclose` from what `body` threw.
@inlinable
package func wrap<Result, Inner: Error, Outer: Error>(
    _ enclose: (Inner) -> Outer,
    _ body: () throws(Inner) -> Result
) throws(Outer) -> Result {
    do throws(Inner) { return try body() } catch { throw enclose(error) }
}

/// The same for a body that waits.
@inlinable
package func wrap<Result, Inner: Error, Outer: Error>(
    _ enclose: (Inner) -> Outer,
    _ body: () async throws(Inner) -> Result
) async throws(Outer) -> Result {
    do throws(Inner) { return try await body() } catch { throw enclose(error) }
}
