import Paper

/// A QR code as a picture within the page: what it says goes through no other address.
struct QRPicture {
    /// Rows of dark modules as one path, in modules.
    let path: String
    /// Modules on a side.
    let side: Int

    init(_ code: QRCode) {
        side = code.side
        var path = ""
        for y in 0..<code.side {
            var x = 0
            while x < code.side {
                let start = x
                while x < code.side, code.isDark[y * code.side + x] { x += 1 }
                if x > start { path += "M\(start) \(y)h\(x - start)v1h-\(x - start)z" }
                x += 1
            }
        }
        self.path = path
    }

    /// Nothing where there is no such code: whoever reads it has the text beside it.
    static func html(_ text: String, label: String) -> HTML {
        do throws(PaperRefusal) {
            return QRPicture(try QRCode(text)).html(label)
        } catch { return .nothing }
    }

    /// With the margin of four modules that readers ask for.
    private func html(_ label: String) -> HTML {
        """
        <svg class="qr" role="img" aria-label="\(label)" \
        viewBox="-4 -4 \(side + 8) \(side + 8)" shape-rendering="crispEdges">\
        <path d="\(path)"/></svg>
        """
    }
}
