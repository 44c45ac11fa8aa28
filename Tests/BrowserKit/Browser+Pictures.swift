import Primitives

/// What is left of a page: pictures and paper.
extension Browser {
    /// What is seen of the page now, as PNG.
    package func screenshot() async throws -> [UInt8] {
        try Browser.bytes(try await command("GET", "/screenshot"))
    }

    /// The page from top to bottom, as PNG.
    package func fullScreenshot() async throws -> [UInt8] {
        let size = try await run(
            """
            const root = document.documentElement
            return [Math.max(root.scrollWidth, innerWidth),
              Math.max(root.scrollHeight, innerHeight)]
            """
        )
        let picture = try await devTools(
            "Page.captureScreenshot",
            [
                "captureBeyondViewport": true,
                "clip": [
                    "x": 0, "y": 0, "scale": 1,
                    "width": size.array?.first ?? 1280, "height": size.array?.last ?? 768,
                ],
            ]
        )
        return try Browser.bytes(picture["data"] ?? .null)
    }

    /// The page on paper, as PDF: A4, with the page's own rules for print.
    package func printed() async throws -> [UInt8] {
        let paper = try await devTools(
            "Page.printToPDF",
            [
                "preferCSSPageSize": true, "printBackground": true,
                "paperWidth": .number(JSONNumber(text: "8.27")),
                "paperHeight": .number(JSONNumber(text: "11.69")),
            ]
        )
        return try Browser.bytes(paper["data"] ?? .null)
    }

    private static func bytes(_ value: JSON) throws -> [UInt8] {
        guard let text = value.string, let bytes = Base64.decode(text, .standard) else {
            throw BrowserError("no picture in the answer")
        }
        return bytes
    }
}
