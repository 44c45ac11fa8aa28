import Foundation
package import Primitives

/// A chromium without a window, driven over WebDriver. It reaches this machine and nothing else,
/// has a profile of its own, speaks Japanese, and shows 1280×768 of a page.
package final class Browser: Sendable {
    private let driver: Driver
    private let path: String
    let isScripted = Lock(true)
    let log = Lock<[BrowserRequest]>([])

    /// Where the profile lies; it goes with the browser.
    package var folder: String { driver.folder.path }

    private init(_ driver: Driver, path: String) {
        self.driver = driver
        self.path = path
    }

    /// Starts a browser, hands it over, and ends all its processes, also after a failure.
    ///
    /// Of certificates it takes those whose public keys have the given SHA-256: `PageCertificate`.
    package static func live<Result>(
        trusting keys: [Digest],
        _ body: (Browser) async throws -> Result
    ) async throws -> Result {
        let driver = try await Driver.start()
        let outcome: Swift.Result<Result, any Error>
        do {
            let browser = try await open(driver, keys)
            try await browser.show(.desk)
            outcome = .success(try await body(browser))
        } catch {
            outcome = .failure(error)
        }
        await driver.end()
        return try outcome.get()
    }

    private static func open(_ driver: Driver, _ keys: [Digest]) async throws -> Browser {
        let pins = keys.map { Base64.encode($0.bytes, .standard) }.joined(separator: ",")
        let words = [
            "--headless=new", "--lang=ja", "--no-first-run", "--disable-gpu", "--disable-sync",
            "--disable-dev-shm-usage", "--disable-extensions",
            "--user-data-dir=\(driver.folder.path)/profile", "--font-render-hinting=none",
            // Nothing is looked up and nobody is called, also not by the browser for itself.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
            "--no-proxy-server", "--disable-background-networking", "--disable-component-update",
            "--ignore-certificate-errors-spki-list=\(pins)",
        ]
        // Chromium's own sandbox does not work for root, nor in most containers.
        let options: JSON = [
            "args": .array((words + ["--no-sandbox"]).map { .string($0) }),
            "prefs": [
                "intl": ["accept_languages": "ja"],
                "session": ["restore_on_startup": 4, "startup_urls": ["about:blank"]],
            ],
        ]
        let wish: JSON = [
            "browserName": "chrome", "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": ["performance": "ALL", "browser": "ALL"],
        ]
        let answer = try await send(
            driver.service,
            "POST",
            "/session",
            ["capabilities": ["alwaysMatch": wish]]
        )
        guard let id = answer["sessionId"]?.string else {
            throw BrowserError("the driver began no session: \(answer.canonicalText)")
        }
        return Browser(driver, path: "/session/" + id)
    }

    // MARK: The wire

    /// A command of WebDriver: what its answer has as `value`.
    @discardableResult
    func command(_ method: String, _ place: String, _ body: JSON? = nil) async throws -> JSON {
        try await Browser.send(driver.service, method, path + place, body)
    }

    private static func send(
        _ service: Loopback,
        _ method: String,
        _ path: String,
        _ body: JSON?
    ) async throws -> JSON {
        let answer = try await service.ask(method, path, body?.canonicalBytes ?? [])
        let value = try JSON(reading: answer.body, .general.within(64 << 20))["value"] ?? .null
        guard answer.status == 200 else {
            let message = value["message"]?.string?.split(separator: "\n").first ?? "no message"
            throw BrowserError(String(message), code: value["error"]?.string ?? "")
        }
        return value
    }

    /// A command of the DevTools protocol.
    @discardableResult
    package func devTools(_ name: String, _ parameters: JSON = [:]) async throws -> JSON {
        try await command(
            "POST",
            "/goog/cdp/execute",
            ["cmd": .string(name), "params": parameters]
        )
    }

    /// Runs the body of a function in the page, whatever its policy and whether or not its own
    /// scripts run.
    @discardableResult
    package func run(_ script: String, _ arguments: [JSON] = []) async throws -> JSON {
        try await command(
            "POST",
            "/execute/sync",
            ["script": .string(script), "args": .array(arguments)]
        )
    }

    /// The same for a script that ends by calling its last argument.
    func runToEnd(_ script: String, _ arguments: [JSON] = []) async throws -> JSON {
        try await command(
            "POST",
            "/execute/async",
            ["script": .string(script), "args": .array(arguments)]
        )
    }
}
