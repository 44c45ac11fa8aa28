import CPango
import Sheets

/// A text set in lines of one width.
@safe
final class TextBox {
    /// In points from the upper left corner of the text.
    struct Line {
        let left: Double
        let width: Double
        let top: Double
        let bottom: Double
        let baseline: Double
    }

    let lines: [Line]
    /// Characters that no font of this machine draws: a frame with their number stands for them.
    let unknown: Int
    private let layout: OpaquePointer

    /// Sets words, never markup, in lines of `width` points, half as high again as the letters.
    /// Longer lines are broken, a long word anywhere.
    init(
        _ text: StyledText,
        size: Double,
        width: Double,
        align: FilledForm.Align = .left,
        on canvas: Canvas
    ) {
        let layout = unsafe pango_layout_new(canvas.texts)
        unsafe pango_layout_set_width(layout, TextBox.units(width))
        unsafe pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        unsafe pango_layout_set_auto_dir(layout, 0)
        unsafe pango_layout_set_alignment(layout, TextBox.alignment(align))
        let bytes = text.utf8
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe pango_layout_set_text(
                layout,
                bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                Int32(bytes.count)
            )
        }
        let attributes = unsafe TextBox.attributes(text, size)
        unsafe pango_layout_set_attributes(layout, attributes)
        unsafe pango_attr_list_unref(attributes)
        guard let layout = unsafe layout else { preconditionFailure("memory for a text") }
        unsafe self.layout = layout
        unsafe lines = TextBox.lines(layout)
        unknown = unsafe Int(pango_layout_get_unknown_glyphs_count(layout))
    }

    deinit { unsafe g_object_unref(UnsafeMutableRawPointer(layout)) }

    func height(of range: Range<Int>) -> Double {
        guard let first = range.first, let last = range.last else { return 0 }
        return lines[last].bottom - lines[first].top
    }

    func line(_ index: Int) -> UnsafeMutablePointer<PangoLayoutLine>? {
        unsafe pango_layout_get_line_readonly(layout, Int32(index))
    }

    private static func units(_ points: Double) -> Int32 {
        Int32((points * Double(PANGO_SCALE)).rounded())
    }

    private static func lines(_ layout: OpaquePointer) -> [Line] {
        let iterator = unsafe pango_layout_get_iter(layout)
        defer { unsafe pango_layout_iter_free(iterator) }
        let scale = Double(PANGO_SCALE)
        var lines: [Line] = []
        repeat {
            var area = PangoRectangle()
            unsafe pango_layout_iter_get_line_extents(iterator, nil, &area)
            var top: Int32 = 0
            var bottom: Int32 = 0
            unsafe pango_layout_iter_get_line_yrange(iterator, &top, &bottom)
            lines.append(
                Line(
                    left: Double(area.x) / scale,
                    width: Double(area.width) / scale,
                    top: Double(top) / scale,
                    bottom: Double(bottom) / scale,
                    baseline: Double(unsafe pango_layout_iter_get_baseline(iterator)) / scale
                )
            )
        } while unsafe pango_layout_iter_next_line(iterator) != 0
        return lines
    }

    private static func alignment(_ align: FilledForm.Align) -> PangoAlignment {
        switch align {
        case .left: PANGO_ALIGN_LEFT
        case .center: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }

    // MARK: Faces

    private static func attributes(_ text: StyledText, _ size: Double) -> OpaquePointer? {
        let list = unsafe pango_attr_list_new()
        unsafe pango_attr_list_insert(list, pango_attr_size_new_absolute(units(size)))
        // Fallback fonts are higher; all lines of a text are alike.
        unsafe pango_attr_list_insert(
            list,
            pango_attr_line_height_new_absolute(units(size * 1.4))
        )
        for span in text.spans {
            unsafe insert(pango_attr_family_new(family(span.face)), span.range, list)
            if span.face == .chosen || span.face == .bold {
                unsafe insert(pango_attr_weight_new(PANGO_WEIGHT_BOLD), span.range, list)
            }
        }
        for range in text.unbroken {
            unsafe insert(pango_attr_allow_breaks_new(0), range, list)
        }
        return unsafe list
    }

    private static func insert(
        _ attribute: UnsafeMutablePointer<PangoAttribute>?,
        _ range: Range<Int>,
        _ list: OpaquePointer?
    ) {
        guard let attribute = unsafe attribute else { return }
        unsafe attribute.pointee.start_index = guint(range.lowerBound)
        unsafe attribute.pointee.end_index = guint(range.upperBound)
        unsafe pango_attr_list_insert(list, attribute)
    }

    private static func family(_ face: StyledText.Face) -> String {
        switch face {
        case .printed: "BIZ UDMincho, Noto Serif CJK JP"
        case .entered, .chosen, .bold: "BIZ UDGothic, Noto Sans CJK JP"
        }
    }
}
