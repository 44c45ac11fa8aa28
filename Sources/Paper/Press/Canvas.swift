import CPango
import Primitives

/// A PDF in the making, in memory: A4 pages on which boxes, lines and texts are drawn.
@safe
final class Canvas {
    static let width = Points.of(210)
    static let height = Points.of(297)

    /// Grounds and lines, as parts of white.
    enum Grey: Double {
        case black = 0
        case line = 0.35
        case watermark = 0.91
        case bar = 0.82
        case head = 0.93
    }

    private let surface: OpaquePointer
    private let drawing: OpaquePointer
    private let output: Output
    /// Sets text in the units of the page.
    let texts: OpaquePointer

    init(title: String, madeAt: Timestamp, atMost limit: Int) {
        output = Output(limit: limit)
        let sink = unsafe Unmanaged.passUnretained(output).toOpaque()
        unsafe surface = cairo_pdf_surface_create_for_stream(
            store,
            sink,
            Canvas.width,
            Canvas.height
        )
        unsafe drawing = cairo_create(surface)
        unsafe texts = pango_cairo_create_context(drawing)
        // Lengths do not depend on a screen's pixels: the same page wherever it is made.
        let options = unsafe cairo_font_options_create()
        unsafe cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        unsafe cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        unsafe pango_cairo_context_set_font_options(texts, options)
        unsafe cairo_font_options_destroy(options)
        unsafe pango_context_set_round_glyph_positions(texts, 0)
        unsafe pango_context_set_language(texts, pango_language_from_string("ja"))
        unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        unsafe cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Renkei")
        unsafe cairo_pdf_surface_set_metadata(
            surface,
            CAIRO_PDF_METADATA_CREATE_DATE,
            Canvas.metadataTime(madeAt)
        )
    }

    deinit {
        unsafe g_object_unref(UnsafeMutableRawPointer(texts))
        unsafe cairo_destroy(drawing)
        unsafe cairo_surface_destroy(surface)
    }

    /// Cairo reads whole seconds only.
    private static func metadataTime(_ time: Timestamp) -> String {
        time.description.prefix { $0 != "." } + "Z"
    }

    // MARK: Drawing

    func fill(_ box: Box, _ grey: Grey) {
        unsafe cairo_set_source_rgb(drawing, grey.rawValue, grey.rawValue, grey.rawValue)
        unsafe cairo_rectangle(drawing, box.left, box.top, box.width, box.height)
        unsafe cairo_fill(drawing)
    }

    func frame(_ box: Box, thickness: Double) {
        unsafe cairo_set_source_rgb(drawing, 0, 0, 0)
        unsafe cairo_set_line_width(drawing, thickness)
        unsafe cairo_rectangle(drawing, box.left, box.top, box.width, box.height)
        unsafe cairo_stroke(drawing)
    }

    func rule(from left: Double, to right: Double, at y: Double) {
        let grey = Grey.line.rawValue
        unsafe cairo_set_source_rgb(drawing, grey, grey, grey)
        unsafe cairo_set_line_width(drawing, 0.4)
        unsafe cairo_move_to(drawing, left, y)
        unsafe cairo_line_to(drawing, right, y)
        unsafe cairo_stroke(drawing)
    }

    /// Lines of a text, the first of them at `y`.
    func draw(_ text: TextBox, _ lines: Range<Int>, x: Double, y: Double) {
        guard let first = lines.first else { return }
        unsafe cairo_set_source_rgb(drawing, 0, 0, 0)
        for index in lines {
            let line = text.lines[index]
            let base = y + line.baseline - text.lines[first].top
            unsafe cairo_move_to(drawing, x + line.left, base)
            unsafe pango_cairo_show_layout_line(drawing, text.line(index))
        }
    }

    /// Large and light, upwards across the whole page.
    func across(_ text: TextBox) {
        guard let line = text.lines.first else { return }
        unsafe cairo_save(drawing)
        let grey = Grey.watermark.rawValue
        unsafe cairo_set_source_rgb(drawing, grey, grey, grey)
        unsafe cairo_translate(drawing, Canvas.width / 2, Canvas.height / 2)
        unsafe cairo_rotate(drawing, -0.9)
        unsafe cairo_move_to(drawing, -line.width / 2 - line.left, line.baseline / 3)
        unsafe pango_cairo_show_layout_line(drawing, text.line(0))
        unsafe cairo_restore(drawing)
    }

    func draw(_ code: QRCode, in box: Box) {
        // Around it four modules stay free, as the standard wants.
        let module = box.width / Double(code.side + 8)
        unsafe cairo_set_source_rgb(drawing, 0, 0, 0)
        for row in 0..<code.side {
            var column = 0
            while column < code.side {
                let start = column
                while column < code.side, code.isDark[row * code.side + column] { column += 1 }
                unsafe cairo_rectangle(
                    drawing,
                    box.left + Double(start + 4) * module,
                    box.top + Double(row + 4) * module,
                    Double(column - start) * module,
                    module
                )
                column = max(column, start + 1)
            }
        }
        unsafe cairo_fill(drawing)
    }

    func endPage() { unsafe cairo_show_page(drawing) }

    /// The finished file.
    consuming func finished() throws(PaperRefusal) -> [UInt8] {
        unsafe cairo_surface_finish(surface)
        let status = unsafe cairo_surface_status(surface)
        let other = unsafe cairo_status(drawing)
        guard !output.isFull else { throw .tooLarge }
        for status in [status, other] where status != CAIRO_STATUS_SUCCESS {
            throw .library(unsafe String(cString: cairo_status_to_string(status)))
        }
        return output.bytes
    }
}

/// A rectangle, in points from the upper left corner of the page.
struct Box {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
}

private final class Output {
    var bytes: [UInt8] = []
    var isFull = false
    let limit: Int

    init(limit: Int) { self.limit = limit }
}

/// Takes what Cairo writes.
private func store(
    _ output: UnsafeMutableRawPointer?,
    _ data: UnsafePointer<UInt8>?,
    _ count: UInt32
) -> cairo_status_t {
    guard let output = unsafe output else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = unsafe Unmanaged<Output>.fromOpaque(output).takeUnretainedValue()
    guard sink.bytes.count + Int(count) <= sink.limit else {
        sink.isFull = true
        return CAIRO_STATUS_WRITE_ERROR
    }
    unsafe sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
}
