/// A door for bytes from outside, and what must hold of whatever comes in by it.
///
/// `read` tells what it took, so that two readings of the same bytes can be compared, or nil where
/// it refused. Only the refusals of the reader's own type are caught: any other does not compile.
struct Reader: Sendable {
    let name: String
    let read: @Sendable ([UInt8]) throws(Finding) -> [UInt8]?

    /// - Returns: whether the bytes were taken.
    /// - Throws: `Finding` where the bytes are read otherwise the second time, too.
    func judge(_ bytes: [UInt8]) throws(Finding) -> Bool {
        let first = try read(bytes)
        try hold(try read(bytes) == first, "the same bytes are read otherwise the second time")
        return first != nil
    }

    static let all: [Reader] = [
        json, schema, sheet, der, cms, chunk, certificate, requestHead, chunkedBody, multipart,
        urlencoded, archive, evidence, statement, receipt, envelopeForms, checkpoint, leaf, frames,
        configuration, backup,
    ]

    static func named(_ name: String) -> Reader? { all.first { $0.name == name } }
}

/// A property that did not hold.
struct Finding: Error, Equatable {
    let text: String
}

func hold(_ isSo: Bool, _ text: String) throws(Finding) {
    guard isSo else { throw Finding(text: text) }
}

/// What a reader took, or nil where it refused as it should.
func attempt<Value, Refusal: Error>(_ body: () throws(Refusal) -> Value) -> Value? {
    do throws(Refusal) { return try body() } catch { return nil }
}
