package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
)

// quadrants is a picture with a colour of its own in each quarter: red, green; blue, white.
func quadrants(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			case x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// corners names the colours of the corners, left to right, top to bottom.
func corners(img image.Image) string {
	b := img.Bounds()
	name := func(x, y int) string {
		r, g, b, _ := img.At(x, y).RGBA()
		switch {
		case r > 0xc000 && g > 0xc000 && b > 0xc000:
			return "w"
		case r > 0xa000 && g < 0x5000:
			return "r"
		case g > 0xa000 && r < 0x5000:
			return "g"
		case b > 0xa000 && r < 0x5000:
			return "b"
		}
		return "?"
	}
	x0, y0, x1, y1 := b.Min.X+1, b.Min.Y+1, b.Max.X-2, b.Max.Y-2
	return name(x0, y0) + name(x1, y0) + name(x0, y1) + name(x1, y1)
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pngChunk makes a chunk with its length and checksum.
func pngChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// withChunks puts chunks after the header of a PNG, which is 8+25 bytes long.
func withChunks(file []byte, chunks ...[]byte) []byte {
	out := bytes.Clone(file[:33])
	for _, c := range chunks {
		out = append(out, c...)
	}
	return append(out, file[33:]...)
}

// exif makes an APP1 segment with the orientation and a GPS latitude reference.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	tiff := []byte(mark)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, count uint32, value []byte) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, count)
		tiff = append(tiff, value...)
	}
	entry(0x010f, 2, 4, []byte("CAM\x00"))
	entry(0x0112, 3, 1, append(order.AppendUint16(nil, orientation), 0, 0))
	tiff = order.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPS 48.137154 11.576124 Secret Street 5"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}

// withSegments puts segments after the start of a JPEG.
func withSegments(file []byte, segments ...[]byte) []byte {
	out := bytes.Clone(file[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, file[2:]...)
}

func TestCleanImageDropsMetadata(t *testing.T) {
	secret := "Secret Street 5"
	img := quadrants(40, 30)
	text := append([]byte("Comment\x00"), secret...)
	comment := append([]byte{0xff, 0xfe, 0, byte(2 + len(secret))}, secret...)
	tests := []struct {
		name, contentType string
		data              []byte
	}{
		{"png", "image/png", append(withChunks(encodePNG(t, img), pngChunk("tEXt", text), pngChunk("eXIf", text), pngChunk("iTXt", text)), secret...)},
		{"jpeg", "image/jpeg", append(withSegments(encodeJPEG(t, img), exif(binary.LittleEndian, 1), comment), secret...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !bytes.Contains(test.data, []byte(secret)) {
				t.Fatal("the test picture holds no secret")
			}
			var out bytes.Buffer
			got, err := CleanImage(bytes.NewReader(test.data), &out)
			if err != nil {
				t.Fatal(err)
			}
			if got.ContentType != test.contentType || got.Width != 40 || got.Height != 30 {
				t.Errorf("got %s %dx%d", got.ContentType, got.Width, got.Height)
			}
			for _, s := range []string{secret, "GPS", "Exif", "tEXt", "eXIf", "iTXt", "CAM"} {
				if bytes.Contains(out.Bytes(), []byte(s)) {
					t.Errorf("%q is still there", s)
				}
			}
			back, kind, err := image.Decode(&out)
			if err != nil || "image/"+kind != test.contentType || corners(back) != "rgbw" {
				t.Errorf("reads back as %s, corners %s, %v", kind, corners(back), err)
			}
		})
	}
}

// TestCleanImageTurnsUpright follows the eight orientations of EXIF 2.32: each case says how
// the stored corners must come out.
func TestCleanImageTurnsUpright(t *testing.T) {
	plain := encodeJPEG(t, quadrants(64, 32))
	for orientation, want := range map[uint16]string{
		0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg",
		5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw",
	} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			var out bytes.Buffer
			got, err := CleanImage(bytes.NewReader(withSegments(plain, exif(order, orientation))), &out)
			if err != nil {
				t.Fatal(err)
			}
			back, err := jpeg.Decode(&out)
			if err != nil {
				t.Fatal(err)
			}
			w, h := 64, 32
			if orientation >= 5 && orientation <= 8 {
				w, h = 32, 64
			}
			if got.Width != w || got.Height != h || back.Bounds().Dx() != w || corners(back) != want {
				t.Errorf("orientation %d: %dx%d, corners %s, want %dx%d %s", orientation, got.Width, got.Height, corners(back), w, h, want)
			}
		}
	}
}

func TestCleanImageTurnsGray(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 32, 16))
	for x := range 16 {
		for y := range 16 {
			gray.SetGray(x, y, color.Gray{255})
		}
	}
	var out bytes.Buffer
	got, err := CleanImage(bytes.NewReader(withSegments(encodeJPEG(t, gray), exif(binary.BigEndian, 6))), &out)
	if err != nil || got.Width != 16 || got.Height != 32 || corners(got.Pixels) != "ww??" {
		t.Errorf("%dx%d, corners %s, %v", got.Width, got.Height, corners(got.Pixels), err)
	}
}

// onePixelWebP is a lossless picture of one pixel, as cwebp writes it.
const onePixelWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func TestCleanImageFormats(t *testing.T) {
	var anim bytes.Buffer
	frame := func(c color.Color) *image.Paletted {
		return image.NewPaletted(image.Rect(0, 0, 8, 6), color.Palette{c})
	}
	err := gif.EncodeAll(&anim, &gif.GIF{Image: []*image.Paletted{frame(color.RGBA{255, 0, 0, 255}), frame(color.White)}, Delay: []int{1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	webp, err := base64.StdEncoding.DecodeString(onePixelWebP)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		data []byte
		w, h int
	}{{"gif", anim.Bytes(), 8, 6}, {"webp", webp, 1, 1}, {"16 bit png", encodePNG(t, image.NewNRGBA64(image.Rect(0, 0, 3, 2))), 3, 2}} {
		var out bytes.Buffer
		got, err := CleanImage(bytes.NewReader(test.data), &out)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if c, err := png.DecodeConfig(&out); err != nil || got.ContentType != "image/png" || c.Width != test.w || c.Height != test.h || got.Width != test.w {
			t.Errorf("%s: %+v, written %+v, %v", test.name, got, c, err)
		}
		if test.name == "gif" && corners(got.Pixels) != "rrrr" {
			t.Errorf("gif: not the first frame")
		}
	}
}

func TestCleanImageRefused(t *testing.T) {
	header := func(w, h uint32, depth, kind byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, w)
		b = binary.BigEndian.AppendUint32(b, h)
		b = append(b, depth, kind, 0, 0, 0)
		return append(append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", b)...), pngChunk("IDAT", nil)...)
	}
	hugeJPEG := encodeJPEG(t, quadrants(16, 16))
	i := bytes.Index(hugeJPEG, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(hugeJPEG[i+5:], 60000)
	binary.BigEndian.PutUint16(hugeJPEG[i+7:], 60000)
	hugeGIF := []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00\x3b")
	scans := append(encodeJPEG(t, quadrants(16, 16)), bytes.Repeat([]byte{0xff, 0xda, 0, 3, 0}, maxJPEGScans+1)...)
	scans = bytes.Replace(scans, []byte{0xff, 0xd9}, nil, 1)
	// A WebP whose outer header says 1x1 while the picture inside says 16383x16383.
	inner := binary.LittleEndian.AppendUint32([]byte{0x2f}, 0x3ffe|0x3ffe<<14)
	webp := append([]byte("RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), make([]byte, 10)...)
	webp = append(webp, "VP8L\x05\x00\x00\x00"...)
	webp = append(webp, inner...)
	good := encodePNG(t, quadrants(40, 30))
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "this is not a PNG, JPEG, GIF or WebP picture"},
		{"SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "this is not a PNG, JPEG, GIF or WebP picture"},
		{"HTML", []byte("<!doctype html><script>alert(1)</script>"), "this is not a PNG, JPEG, GIF or WebP picture"},
		{"BMP", []byte("BM\x00\x00"), "this is not a PNG, JPEG, GIF or WebP picture"},
		{"cut short", good[:len(good)/2], "the picture is damaged"},
		{"damaged", append(bytes.Clone(good[:60]), bytes.Repeat([]byte{7}, 40)...), "the picture is damaged"},
		{"header alone", good[:20], "the picture is damaged"},
		{"PNG bomb", header(100_000, 100_000, 8, 2), "the picture has 10000 megapixels; 50 are allowed"},
		{"PNG just too large", header(10_000, 5_001, 8, 2), "the picture has 51 megapixels; 50 are allowed"},
		{"PNG of 16 bits", header(9_000, 5_000, 16, 6), "the picture has 16 bits for each colour"},
		{"JPEG bomb", hugeJPEG, "the picture has 3600 megapixels; 50 are allowed"},
		{"JPEG of many passes", scans, "the picture has too many passes"},
		{"GIF bomb", hugeGIF, "the picture has 4295 megapixels; 50 are allowed"},
		{"WebP in WebP", webp, "the picture has 269 megapixels; 50 are allowed"},
	} {
		var out bytes.Buffer
		_, err := CleanImage(bytes.NewReader(test.data), &out)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Field != "file" || !strings.HasPrefix(e.Message, test.want) || e.Hint == "" {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: %d bytes were written", test.name, out.Len())
		}
	}
	_, err := CleanImage(io.MultiReader(bytes.NewReader(good), &endless{unit: "x"}), io.Discard)
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Message, "25 MB") {
		t.Errorf("endless picture: %v", err)
	}
}

func TestThumbnail(t *testing.T) {
	for _, test := range []struct{ w, h, side, wantW, wantH int }{
		{400, 200, 100, 100, 50}, {200, 400, 100, 50, 100}, {50, 20, 100, 50, 20}, {1000, 1, 100, 100, 1}, {300, 300, 0, 1, 1},
	} {
		var b bytes.Buffer
		w, h, err := WriteThumbnail(&b, quadrants(test.w, test.h), test.side)
		if err != nil {
			t.Fatal(err)
		}
		c, err := jpeg.DecodeConfig(&b)
		if err != nil || w != test.wantW || h != test.wantH || c.Width != w || c.Height != h {
			t.Errorf("%dx%d in %d: %dx%d (written %dx%d, %v), want %dx%d", test.w, test.h, test.side, w, h, c.Width, c.Height, err, test.wantW, test.wantH)
		}
	}
	if got := corners(Thumbnail(quadrants(400, 200), 100)); got != "rgbw" {
		t.Errorf("corners %s", got)
	}
	// What is transparent becomes white, not black.
	var b bytes.Buffer
	if _, _, err := WriteThumbnail(&b, image.NewNRGBA(image.Rect(0, 0, 10, 10)), 5); err != nil {
		t.Fatal(err)
	}
	if img, err := jpeg.Decode(&b); err != nil || corners(img) != "wwww" {
		t.Errorf("transparent: %v", err)
	}
}

func FuzzCleanImage(f *testing.F) {
	f.Add(encodePNG(f, quadrants(8, 8)))
	f.Add(withSegments(encodeJPEG(f, quadrants(16, 8)), exif(binary.BigEndian, 6)))
	webp, _ := base64.StdEncoding.DecodeString(onePixelWebP)
	f.Add(webp)
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && c.Width*c.Height > 1<<20 {
			t.Skip("large")
		}
		var out bytes.Buffer
		img, err := CleanImage(bytes.NewReader(data), &out)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("error without a remedy: %v", err)
			}
			return
		}
		c, _, err := image.DecodeConfig(&out)
		if err != nil || c.Width != img.Width || c.Height != img.Height {
			t.Fatalf("written %+v, said %+v: %v", c, img, err)
		}
	})
}
