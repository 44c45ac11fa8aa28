import HTTP
import Primitives
import Staff

/// A form with a file, read part by part as it comes. The first part is the token of the session:
/// of a form without it nothing more is looked at.
struct PostedFile: Sendable {
    private let request: Request
    private var reader: MultipartReader
    private var waiting: ArraySlice<MultipartReader.Event> = []

    private static let fieldBytes = 1024

    /// - Throws: `staff(.formForeign)` for a form that is not this session's.
    init(of visit: Visit) async throws(PageRefusal) {
        let type = visit.request.fields["content-type"]
        request = visit.request
        reader = try wrap(PageRefusal.http) { () throws(HTTPFailure) in
            try MultipartReader(contentType: type)
        }
        let token = try await field("token")
        try wrap(PageRefusal.staff) { () throws(StaffRefusal) in
            try visit.office.staff.check(token, of: visit.session)
        }
    }

    /// The value of the next part; nil where that is another one, or a file.
    mutating func field(_ name: String) async throws(PageRefusal) -> String? {
        guard case .part(let head)? = try await next(), head.name.hasSameBytes(as: name),
            head.fileName == nil
        else { return nil }
        var value: [UInt8] = []
        while case .bytes(let bytes)? = try await next() {
            value += bytes
            guard value.count <= Self.fieldBytes else { throw .http(.tooLarge) }
        }
        guard let text = String(validating: value, as: UTF8.self) else { throw .http(.malformed) }
        return text
    }

    /// What comes next; nil at the end of the form.
    mutating func next() async throws(PageRefusal) -> MultipartReader.Event? {
        while waiting.isEmpty {
            guard let piece = try await piece() else {
                try wrap(PageRefusal.http) { () throws(HTTPFailure) in try reader.finish() }
                return nil
            }
            do throws(HTTPFailure) { waiting = try reader.feed(piece)[...] } catch {
                throw .http(error)
            }
        }
        return waiting.popFirst()
    }

    /// Lets the rest pass: a browser reads the answer only when it has sent everything.
    func letPass() async throws(PageRefusal) {
        try await wrap(PageRefusal.http) { () async throws(HTTPFailure) in
            try await request.letPass()
        }
    }

    private func piece() async throws(PageRefusal) -> [UInt8]? {
        try await wrap(PageRefusal.http) { () async throws(HTTPFailure) in
            try await request.stream.next()
        }
    }
}

extension Request {
    /// Lets the body pass, whatever it is; the route's `bodyLimit` holds.
    func letPass() async throws(HTTPFailure) {
        while try await stream.next() != nil {}
    }
}
