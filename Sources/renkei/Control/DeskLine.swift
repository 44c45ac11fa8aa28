import Primitives

/// Several calls that belong together: all go to the running service, or all to the folder, which
/// is opened once.
final class DeskLine {
    private let place: Place
    private var desk: (any ControlDesk)?
    private var wasServed = false

    init(_ place: Place) { self.place = place }

    /// Whether a service has answered so far.
    var isServed: Bool { desk == nil }

    /// - Throws: `TransferEnded` where the service went away between two calls. The folder is left
    ///   to the one that is started in its place.
    func ask(_ call: ControlCall) async throws -> ControlAnswer {
        if let desk { return try await desk.answer(call) }
        if let answer = try await place.askService(call) {
            wasServed = true
            return answer
        }
        guard !wasServed else { throw TransferEnded() }
        let opened = try await place.openDesk()
        desk = opened
        return try await opened.answer(call)
    }
}
