import '@fontsource-variable/inter';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import 'mantine-datatable/styles.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import '../ui/parts.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { addMonoFont } from './mono-font';

addMonoFont();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
