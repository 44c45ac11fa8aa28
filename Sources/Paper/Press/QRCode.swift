import CQRCode

/// A QR code (ISO/IEC 18004) as a square of dark and light.
package struct QRCode: Sendable {
    /// Modules on a side.
    package let side: Int
    /// Row by row; true is dark.
    package let isDark: [Bool]

    /// Correction level M: still read with a sixth of it dirty.
    package init(_ text: String) throws(PaperRefusal) {
        let bytes = Array(text.utf8)
        let code = unsafe QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
        guard let code = unsafe code else { throw .library("QRcode_encodeData") }
        defer { unsafe QRcode_free(code) }
        let side = unsafe Int(code.pointee.width)
        self.side = side
        // The lowest bit is the colour; the others tell what the module is for.
        isDark = (0..<side * side).map { unsafe code.pointee.data[$0] & 1 == 1 }
    }
}
