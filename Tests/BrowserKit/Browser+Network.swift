import Primitives

/// What a page asked for.
package struct BrowserRequest: Sendable, Hashable, CustomStringConvertible {
    package let url: String

    /// The name or number of the machine; nil for what comes over no network, such as `data:`.
    package var host: String? {
        guard let match = url.firstMatch(of: /^(?:https?|wss?):\/\/(?:[^\/@]*@)?([^\/:?#]+)/) else {
            return nil
        }
        return String(match.1)
    }

    /// Whether another machine than this one would have been called.
    package var isOutside: Bool { host.map { !["127.0.0.1", "localhost"].contains($0) } ?? false }
    package var description: String { url }
}

extension Browser {
    /// Everything that pages have asked for since the browser started, also what was refused.
    package func requests() async throws -> [BrowserRequest] {
        let new = try await entries("performance").compactMap { entry -> BrowserRequest? in
            guard let text = entry["message"]?.string else { return nil }
            let event = try JSON(reading: text.bytes, .general.within(64 << 20))["message"]
            guard event?["method"]?.string == "Network.requestWillBeSent" else { return nil }
            return (event?["params"]?["request"]?["url"]?.string).map(BrowserRequest.init)
        }
        return log.withLock { log in
            log += new
            return log
        }
    }

    /// What the console has said since it was last asked for: also what the policy of a page held
    /// back.
    package func consoleLines() async throws -> [String] {
        try await entries("browser").compactMap { $0["message"]?.string }
    }

    private func entries(_ type: String) async throws -> [JSON] {
        try await command("POST", "/se/log", ["type": .string(type)]).array ?? []
    }
}
